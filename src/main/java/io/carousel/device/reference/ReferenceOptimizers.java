package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;

import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.OptimizerOperations;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Norms, clipping and the optimizers' formulas, element by element. */
interface ReferenceOptimizers extends OptimizerOperations, ReferenceStart {
  @Override
  default void squaredNorm(Matrix x, Matrix sum) {
    begin(x, sum);
    sum.require("sum", 1, 1);
    double total = get(sum, 0, 0);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        total += get(x, r, c) * get(x, r, c);
      }
    }
    set(sum, 0, 0, total);
  }

  @Override
  default void clipCoefficient(Matrix squaredNorm, double maxNorm, Matrix coefficient) {
    begin(squaredNorm, coefficient);
    squaredNorm.require("squaredNorm", 1, 1);
    coefficient.require("coefficient", 1, 1);
    double norm = Math.sqrt(get(squaredNorm, 0, 0));
    set(coefficient, 0, 0, Math.min(1, maxNorm / (norm + 1e-6)));
  }

  @Override
  default void clamp(Matrix x, double limit) {
    begin(x);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.columns(); c++) {
        set(x, r, c, Math.min(Math.max(get(x, r, c), -limit), limit));
      }
    }
  }

  @Override
  default void update(UpdateRule rule, List<UpdateTarget> targets, @Nullable Matrix gradientScale) {
    begin(gradientScale);
    OperandChecks.update(targets, gradientScale);
    double scale = gradientScale == null ? 1 : get(gradientScale, 0, 0);
    for (UpdateTarget target : targets) {
      begin(target.value(), target.gradient(), target.first(), target.second());
      if (rule instanceof UpdateRule.Sgd sgd) {
        ReferenceUpdates.sgd(sgd, target, scale);
      } else if (rule instanceof UpdateRule.Adam adam) {
        ReferenceUpdates.adam(adam, target, scale);
      } else if (rule instanceof UpdateRule.RmsProp rmsProp) {
        ReferenceUpdates.rmsProp(rmsProp, target, scale);
      } else if (rule instanceof UpdateRule.Adagrad adagrad) {
        ReferenceUpdates.adagrad(adagrad, target, scale);
      } else {
        throw new IllegalArgumentException("no such optimizer: " + rule);
      }
    }
  }
}
