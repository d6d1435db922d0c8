package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.OptimizerOperations;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Norms, clipping and updates of parameters, many of them in one launch. */
interface CudaOptimizers extends OptimizerOperations, CudaOperations {
  /** An array for the numbers of an update's targets, kept from one update to the next. */
  long[] targetNumbers(int length);

  @Override
  default void squaredNorm(Matrix x, Matrix sum) {
    begin(x, sum);
    sum.require("sum", 1, 1);
    Operands.reals(x, sum);
    check(
        "squaredNorm",
        OptimizerKernels.squaredNorm(
            handle(), x.rows(), x.columns(), address(x), stride(x), address(sum), scratch()));
  }

  @Override
  default void clipCoefficient(Matrix squaredNorm, double maxNorm, Matrix coefficient) {
    begin(squaredNorm, coefficient);
    squaredNorm.require("squaredNorm", 1, 1);
    coefficient.require("coefficient", 1, 1);
    Operands.reals(squaredNorm, coefficient);
    check(
        "clipCoefficient",
        OptimizerKernels.clipCoefficient(
            handle(), address(squaredNorm), (float) maxNorm, address(coefficient)));
  }

  @Override
  default void clamp(Matrix x, double limit) {
    begin(x);
    Operands.reals(x);
    check(
        "clamp",
        ElementwiseKernels.clamp(
            handle(), x.rows(), x.columns(), (float) limit, address(x), stride(x)));
  }

  @Override
  default void update(UpdateRule rule, List<UpdateTarget> targets, @Nullable Matrix gradientScale) {
    begin(gradientScale);
    OperandChecks.update(targets, gradientScale);
    Operands.reals(gradientScale);
    long[] numbers = targetNumbers(targets.size() * OptimizerKernels.TARGET_LENGTH);
    int at = 0;
    for (UpdateTarget target : targets) {
      begin(target.value(), target.gradient(), target.first(), target.second());
      Operands.reals(target.value(), target.gradient(), target.first(), target.second());
      requireStates(rule, target);
      numbers[at] = address(target.value());
      numbers[at + 1] = address(target.gradient());
      numbers[at + 2] = address(target.first());
      numbers[at + 3] = address(target.second());
      numbers[at + 4] = target.value().size();
      at += OptimizerKernels.TARGET_LENGTH;
    }
    check("update", launch(rule, handle(), targets.size(), numbers, address(gradientScale)));
  }

  private static void requireStates(UpdateRule rule, UpdateTarget target) {
    boolean first = !(rule instanceof UpdateRule.Sgd sgd) || sgd.momentum() > 0;
    boolean second =
        rule instanceof UpdateRule.Adam
            || (rule instanceof UpdateRule.RmsProp rmsProp && rmsProp.momentum() > 0);
    if ((first && target.first() == null) || (second && target.second() == null)) {
      throw new IllegalArgumentException("optimizer state is missing for " + rule);
    }
  }

  private static int launch(
      UpdateRule rule, long stream, int count, long[] targets, long gradientScale) {
    if (rule instanceof UpdateRule.Sgd sgd) {
      return OptimizerKernels.sgd(
          stream,
          count,
          targets,
          gradientScale,
          (float) sgd.learningRate(),
          (float) sgd.momentum(),
          sgd.nesterov() ? 1 : 0,
          (float) sgd.weightDecay(),
          sgd.firstStep() ? 1 : 0);
    }
    if (rule instanceof UpdateRule.Adam adam) {
      return adam(adam, stream, count, targets, gradientScale);
    }
    if (rule instanceof UpdateRule.RmsProp rmsProp) {
      return OptimizerKernels.rmsProp(
          stream,
          count,
          targets,
          gradientScale,
          (float) rmsProp.learningRate(),
          rmsProp.alpha(),
          (float) rmsProp.epsilon(),
          (float) rmsProp.momentum(),
          (float) rmsProp.weightDecay());
    }
    if (rule instanceof UpdateRule.Adagrad adagrad) {
      return OptimizerKernels.adagrad(
          stream,
          count,
          targets,
          gradientScale,
          (float) adagrad.learningRate(),
          (float) adagrad.epsilon(),
          (float) adagrad.weightDecay());
    }
    throw new IllegalArgumentException("no such optimizer: " + rule);
  }

  private static int adam(
      UpdateRule.Adam rule, long stream, int count, long[] targets, long gradientScale) {
    double correction1 = 1 - Math.pow(rule.beta1(), (double) rule.step());
    double correction2 = 1 - Math.pow(rule.beta2(), (double) rule.step());
    return OptimizerKernels.adam(
        stream,
        count,
        targets,
        gradientScale,
        (float) (rule.learningRate() / correction1),
        rule.beta1(),
        rule.beta2(),
        (float) rule.epsilon(),
        (float) Math.sqrt(correction2),
        (float) (rule.decoupled() ? 0 : rule.weightDecay()),
        (float) (rule.decoupled() ? 1 - rule.learningRate() * rule.weightDecay() : 1));
  }
}
