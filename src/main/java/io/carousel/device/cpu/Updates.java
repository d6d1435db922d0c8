package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import org.jspecify.annotations.Nullable;

/** The formulas of {@link UpdateRule}, tile by tile. */
final class Updates {
  private Updates() {}

  static Workers.TileTask sgd(UpdateRule.Sgd rule, UpdateTarget target, float scale) {
    float momentum = (float) rule.momentum();
    float lr = (float) rule.learningRate();
    Matrix buffer = momentum > 0 ? state(target.first(), rule) : target.value();
    return t -> {
      int n = t.count();
      float[] value = t.load(0, target.value());
      float[] g = gradient(t, target, value, scale, rule.weightDecay());
      if (momentum > 0) {
        float[] moving = rule.firstStep() ? t.copy(g, 2) : t.load(2, buffer);
        if (!rule.firstStep()) {
          Loops.scale(momentum, moving, n);
          Loops.add(moving, g, n);
        }
        t.store(moving, buffer);
        if (rule.nesterov()) {
          Loops.axpy(momentum, moving, g, n);
        } else {
          g = moving;
        }
      }
      Loops.axpy(-lr, g, value, n);
      t.store(value, target.value());
    };
  }

  static Workers.TileTask adam(UpdateRule.Adam rule, UpdateTarget target, float scale) {
    Matrix first = state(target.first(), rule);
    Matrix second = state(target.second(), rule);
    double correction1 = 1 - Math.pow(rule.beta1(), (double) rule.step());
    double correction2 = 1 - Math.pow(rule.beta2(), (double) rule.step());
    float rate = (float) (rule.learningRate() / correction1);
    float rootFactor = (float) (1 / Math.sqrt(correction2));
    double coupled = rule.decoupled() ? 0 : rule.weightDecay();
    float shrink = (float) (rule.decoupled() ? 1 - rule.learningRate() * rule.weightDecay() : 1);
    return t -> {
      int n = t.count();
      float[] value = t.load(0, target.value());
      float[] g = gradient(t, target, value, scale, coupled);
      float[] mean = t.load(2, first);
      float[] square = t.load(3, second);
      UpdateLoops.average(mean, g, rule.beta1(), n);
      UpdateLoops.averageSquare(square, g, rule.beta2(), n);
      t.store(mean, first);
      t.store(square, second);
      if (shrink != 1) {
        Loops.scale(shrink, value, n);
      }
      UpdateLoops.rootQuotient(mean, square, rootFactor, (float) rule.epsilon(), n);
      Loops.axpy(-rate, mean, value, n);
      t.store(value, target.value());
    };
  }

  static Workers.TileTask rmsProp(UpdateRule.RmsProp rule, UpdateTarget target, float scale) {
    Matrix squares = state(target.first(), rule);
    float momentum = (float) rule.momentum();
    float lr = (float) rule.learningRate();
    Matrix buffer = momentum > 0 ? state(target.second(), rule) : squares;
    return t -> {
      int n = t.count();
      float[] value = t.load(0, target.value());
      float[] g = gradient(t, target, value, scale, rule.weightDecay());
      float[] square = t.load(2, squares);
      UpdateLoops.averageSquare(square, g, rule.alpha(), n);
      t.store(square, squares);
      UpdateLoops.rootQuotient(g, square, 1, (float) rule.epsilon(), n);
      if (momentum > 0) {
        float[] moving = t.load(3, buffer);
        Loops.scale(momentum, moving, n);
        Loops.add(moving, g, n);
        t.store(moving, buffer);
        g = moving;
      }
      Loops.axpy(-lr, g, value, n);
      t.store(value, target.value());
    };
  }

  static Workers.TileTask adagrad(UpdateRule.Adagrad rule, UpdateTarget target, float scale) {
    Matrix sums = state(target.first(), rule);
    float lr = (float) rule.learningRate();
    return t -> {
      int n = t.count();
      float[] value = t.load(0, target.value());
      float[] g = gradient(t, target, value, scale, rule.weightDecay());
      float[] sum = t.load(2, sums);
      UpdateLoops.addSquare(sum, g, n);
      t.store(sum, sums);
      UpdateLoops.rootQuotient(g, sum, 1, (float) rule.epsilon(), n);
      Loops.axpy(-lr, g, value, n);
      t.store(value, target.value());
    };
  }

  /** In lane 1: scale · gradient + weightDecay · value. */
  private static float[] gradient(
      Tile t, UpdateTarget target, float[] value, float scale, double weightDecay) {
    float[] g = t.load(1, target.gradient());
    if (scale != 1) {
      Loops.scale(scale, g, t.count());
    }
    if (weightDecay != 0) {
      Loops.axpy((float) weightDecay, value, g, t.count());
    }
    return g;
  }

  private static Matrix state(@Nullable Matrix state, UpdateRule rule) {
    if (state == null) {
      throw new IllegalArgumentException("optimizer state is missing for " + rule);
    }
    return state;
  }
}
