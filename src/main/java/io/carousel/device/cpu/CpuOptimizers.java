package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.OptimizerOperations;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Norms, clipping and updates of parameters. */
interface CpuOptimizers extends OptimizerOperations, CpuOperations {
  @Override
  default void squaredNorm(Matrix x, Matrix sum) {
    begin(x, sum);
    sum.require("sum", 1, 1);
    double total =
        workers()
            .sumTiles(
                x.rows(),
                x.columns(),
                0.6,
                t -> {
                  float[] values = t.load(0, x);
                  return Loops.dot(values, values, t.count());
                });
    CpuBuffer buffer = CpuBuffer.reals(sum);
    buffer.setReal(sum.offset(), (float) (buffer.real(sum.offset()) + total));
  }

  @Override
  default void clipCoefficient(Matrix squaredNorm, double maxNorm, Matrix coefficient) {
    begin(squaredNorm, coefficient);
    squaredNorm.require("squaredNorm", 1, 1);
    coefficient.require("coefficient", 1, 1);
    double norm = Math.sqrt(CpuBuffer.reals(squaredNorm).real(squaredNorm.offset()));
    float value = (float) Math.min(1, maxNorm / (norm + 1e-6));
    CpuBuffer.reals(coefficient).setReal(coefficient.offset(), value);
  }

  @Override
  default void clamp(Matrix x, double limit) {
    begin(x);
    overTiles(
        0.4,
        t -> {
          float[] values = t.load(0, x);
          Loops.clamp(values, (float) limit, t.count());
          t.store(values, x);
        },
        x);
  }

  @Override
  default void update(UpdateRule rule, List<UpdateTarget> targets, @Nullable Matrix gradientScale) {
    begin(gradientScale);
    OperandChecks.update(targets, gradientScale);
    for (UpdateTarget target : targets) {
      begin(target.value(), target.gradient(), target.first(), target.second());
    }
    float scale =
        gradientScale == null ? 1 : CpuBuffer.reals(gradientScale).real(gradientScale.offset());
    for (UpdateTarget target : targets) {
      workers().flatTiles(target.value().size(), 2, step(rule, target, scale));
    }
  }

  private static Workers.TileTask step(UpdateRule rule, UpdateTarget target, float scale) {
    if (rule instanceof UpdateRule.Sgd sgd) {
      return Updates.sgd(sgd, target, scale);
    }
    if (rule instanceof UpdateRule.Adam adam) {
      return Updates.adam(adam, target, scale);
    }
    if (rule instanceof UpdateRule.RmsProp rmsProp) {
      return Updates.rmsProp(rmsProp, target, scale);
    }
    if (rule instanceof UpdateRule.Adagrad adagrad) {
      return Updates.adagrad(adagrad, target, scale);
    }
    throw new IllegalArgumentException("no such optimizer: " + rule);
  }
}
