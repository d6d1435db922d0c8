package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;

import io.carousel.device.Matrix;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import org.jspecify.annotations.Nullable;

/** The formulas of {@link UpdateRule}, element by element. */
final class ReferenceUpdates {
  private ReferenceUpdates() {}

  static void sgd(UpdateRule.Sgd rule, UpdateTarget target, double scale) {
    Matrix value = target.value();
    for (int r = 0; r < value.rows(); r++) {
      for (int c = 0; c < value.columns(); c++) {
        double old = get(value, r, c);
        double g = scale * get(target.gradient(), r, c) + rule.weightDecay() * old;
        if (rule.momentum() > 0) {
          Matrix momentum = state(target.first(), rule);
          double buffer = rule.firstStep() ? g : rule.momentum() * get(momentum, r, c) + g;
          set(momentum, r, c, buffer);
          g = rule.nesterov() ? g + rule.momentum() * buffer : buffer;
        }
        set(value, r, c, old - rule.learningRate() * g);
      }
    }
  }

  static void adam(UpdateRule.Adam rule, UpdateTarget target, double scale) {
    Matrix value = target.value();
    Matrix mean = state(target.first(), rule);
    Matrix square = state(target.second(), rule);
    double correction1 = 1 - Math.pow(rule.beta1(), (double) rule.step());
    double correction2 = 1 - Math.pow(rule.beta2(), (double) rule.step());
    double couple = rule.decoupled() ? 0 : rule.weightDecay();
    double shrink = rule.decoupled() ? 1 - rule.learningRate() * rule.weightDecay() : 1;
    for (int r = 0; r < value.rows(); r++) {
      for (int c = 0; c < value.columns(); c++) {
        double old = get(value, r, c);
        double g = scale * get(target.gradient(), r, c) + couple * old;
        double m = rule.beta1() * get(mean, r, c) + (1 - rule.beta1()) * g;
        double v = rule.beta2() * get(square, r, c) + (1 - rule.beta2()) * g * g;
        double denominator = Math.sqrt(v) / Math.sqrt(correction2) + rule.epsilon();
        set(mean, r, c, m);
        set(square, r, c, v);
        set(value, r, c, old * shrink - rule.learningRate() / correction1 * m / denominator);
      }
    }
  }

  static void rmsProp(UpdateRule.RmsProp rule, UpdateTarget target, double scale) {
    Matrix value = target.value();
    Matrix square = state(target.first(), rule);
    for (int r = 0; r < value.rows(); r++) {
      for (int c = 0; c < value.columns(); c++) {
        double old = get(value, r, c);
        double g = scale * get(target.gradient(), r, c) + rule.weightDecay() * old;
        double v = rule.alpha() * get(square, r, c) + (1 - rule.alpha()) * g * g;
        double move = g / (Math.sqrt(v) + rule.epsilon());
        set(square, r, c, v);
        if (rule.momentum() > 0) {
          Matrix momentum = state(target.second(), rule);
          move = rule.momentum() * get(momentum, r, c) + move;
          set(momentum, r, c, move);
        }
        set(value, r, c, old - rule.learningRate() * move);
      }
    }
  }

  static void adagrad(UpdateRule.Adagrad rule, UpdateTarget target, double scale) {
    Matrix value = target.value();
    Matrix sum = state(target.first(), rule);
    for (int r = 0; r < value.rows(); r++) {
      for (int c = 0; c < value.columns(); c++) {
        double old = get(value, r, c);
        double g = scale * get(target.gradient(), r, c) + rule.weightDecay() * old;
        double s = get(sum, r, c) + g * g;
        set(sum, r, c, s);
        set(value, r, c, old - rule.learningRate() * g / (Math.sqrt(s) + rule.epsilon()));
      }
    }
  }

  private static Matrix state(@Nullable Matrix state, UpdateRule rule) {
    if (state == null) {
      throw new IllegalArgumentException("optimizer state is missing for " + rule);
    }
    return state;
  }
}
