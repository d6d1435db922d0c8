#include "carousel/optimizer.h"

#include <deque>

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

/* The parameters of one step: more than fit into one launch, of odd sizes, aligned or not, one empty. */
struct Parameters {
  struct One {
    Matrix value, gradient, first, second;
    int count;
  };
  std::deque<One> all;
  std::vector<carousel_target> targets;
  Matrix scale;

  Parameters(int count, bool first, bool second, bool scaled)
      : scale(if_given(scaled, Matrix::filled(CAROUSEL_F32, 1, 1, {1, 0}, 0.625))) {
    constexpr int sizes[] = {1, 17, 33, 130, 1100, 0, 4096, 8, 2049};
    for (int k = 0; k < count; k++) {
      int size = sizes[k % 9];
      auto layout = [&](int operand) { return k % 3 == 0 ? Layout{0, 0} : LAYOUTS[(k + operand * 5) % ALL_LAYOUTS]; };
      all.push_back({Matrix::random(CAROUSEL_F32, 1, size, layout(0)), Matrix::random(CAROUSEL_F32, 1, size, layout(1)),
                     if_given(first, positive(size, layout(2))), if_given(second, positive(size, layout(3))), size});
      One &one = all.back();
      targets.push_back({one.value.pointer<float>(), one.gradient.pointer<float>(), one.first.pointer<float>(),
                         one.second.pointer<float>(), size});
    }
  }

  static Matrix positive(int size, Layout layout) {
    Matrix spread = Matrix::random(CAROUSEL_F32, 1, size, {0, 0});
    std::vector<double> values(size);
    for (int k = 0; k < size; k++) {
      values[k] = std::fabs(spread.at(0, k));
    }
    return Matrix::of(CAROUSEL_F32, 1, size, layout, values);
  }

  int count() const { return static_cast<int>(targets.size()); }

  /* Sets what should have come out, by rule(value, gradient, first, second). */
  template <class Rule>
  void compare(Rule rule) {
    for (One &one : all) {
      for (int k = 0; k < one.count; k++) {
        double value = one.value.at(0, k);
        double first = one.first.at(0, k);
        double second = one.second.at(0, k);
        rule(value, (scale.given() ? 0.625 : 1) * one.gradient.at(0, k), first, second);
        one.value.set(0, k, value);
        one.first.set(0, k, first);
        one.second.set(0, k, second);
      }
      one.value.compare("value");
      one.gradient.compare("gradient", 0, 0);
      one.first.compare("first");
      one.second.compare("second");
    }
  }
};

constexpr int COUNTS[] = {0, 1, 9, 64, 65, 130};

void sgd(int count, bool scaled, double momentum, bool nesterov, double decay, bool first_step) {
  report.new_case("momentum " + std::to_string(momentum));
  Parameters p(count, momentum > 0, false, scaled);
  require_ok("sgd", carousel_sgd(stream(), p.count(), p.targets.data(), p.scale.pointer<float>(), 0.1f,
                                 static_cast<float>(momentum), nesterov, static_cast<float>(decay), first_step));
  p.compare([&](double &value, double g, double &buffer, double &) {
    g += decay * value;
    if (momentum > 0) {
      buffer = first_step ? g : momentum * buffer + g;
      g = nesterov ? g + momentum * buffer : buffer;
    }
    value -= 0.1 * g;
  });
}

void adam(int count, bool scaled, bool decoupled, int step) {
  report.new_case("step " + std::to_string(step));
  double beta1 = 0.9, beta2 = 0.999, rate = 0.01, decay = 0.25, epsilon = 1e-8;
  double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
  Parameters p(count, true, true, scaled);
  require_ok("adam",
             carousel_adam(stream(), p.count(), p.targets.data(), p.scale.pointer<float>(),
                           static_cast<float>(rate / correction1), beta1, beta2, static_cast<float>(epsilon),
                           static_cast<float>(std::sqrt(correction2)), static_cast<float>(decoupled ? 0 : decay),
                           static_cast<float>(decoupled ? 1 - rate * decay : 1)));
  p.compare([&](double &value, double g, double &mean, double &square) {
    g += decoupled ? 0 : decay * value;
    mean = beta1 * mean + (1 - beta1) * g;
    square = beta2 * square + (1 - beta2) * g * g;
    value = (decoupled ? 1 - rate * decay : 1) * value -
            rate / correction1 * mean / (std::sqrt(square) / std::sqrt(correction2) + epsilon);
  });
}

void rms_prop(int count, bool scaled, double momentum) {
  report.new_case("momentum " + std::to_string(momentum));
  double rate = 0.01, alpha = 0.99, epsilon = 1e-6, decay = 0.25;
  Parameters p(count, true, momentum > 0, scaled);
  require_ok("rms_prop", carousel_rms_prop(stream(), p.count(), p.targets.data(), p.scale.pointer<float>(),
                                           static_cast<float>(rate), alpha, static_cast<float>(epsilon),
                                           static_cast<float>(momentum), static_cast<float>(decay)));
  p.compare([&](double &value, double g, double &square, double &buffer) {
    g += decay * value;
    square = alpha * square + (1 - alpha) * g * g;
    double move = g / (std::sqrt(square) + epsilon);
    if (momentum > 0) {
      buffer = momentum * buffer + move;
      move = buffer;
    }
    value -= rate * move;
  });
}

void adagrad(int count, bool scaled) {
  report.new_case("parameters " + std::to_string(count));
  Parameters p(count, true, false, scaled);
  require_ok("adagrad", carousel_adagrad(stream(), p.count(), p.targets.data(), p.scale.pointer<float>(), 0.01f, 1e-6f,
                                         0.25f));
  p.compare([&](double &value, double g, double &sum, double &) {
    g += 0.25 * value;
    sum += g * g;
    value -= 0.01 * g / (std::sqrt(sum) + 1e-6);
  });
}

/* The first step must not look at a state that was never written. */
void sgd_first_step() {
  report.new_case("first step, state never written");
  Matrix value = Matrix::filled(CAROUSEL_F32, 1, 6, {0, 0}, 1);
  Matrix gradient = Matrix::filled(CAROUSEL_F32, 1, 6, {0, 0}, 0.5);
  Matrix state = Matrix::filled(CAROUSEL_F32, 1, 6, {0, 0}, NAN);
  carousel_target target = {value.pointer<float>(), gradient.pointer<float>(), state.pointer<float>(), nullptr, 6};
  require_ok("sgd", carousel_sgd(stream(), 1, &target, nullptr, 0.5f, 0.5f, 0, 0, 1));
  for (int k = 0; k < 6; k++) {
    value.set(0, k, 0.75);
    state.set(0, k, 0.5);
  }
  value.compare("value", 0, 0);
  state.compare("state", 0, 0);
}

}  // namespace

void check_optimizers() {
  report.begin("carousel_sgd");
  for (int count : COUNTS) {
    for (int options = 0; options < 16; options++) {
      sgd(count, options & 1, options & 2 ? 0.75 : 0, options & 4, options & 8 ? 0.25 : 0, (options & 3) == 3);
    }
  }
  sgd_first_step();
  report.begin("carousel_adam");
  for (int count : COUNTS) {
    for (int options = 0; options < 4; options++) {
      for (int step : {1, 1000}) {
        adam(count, options & 1, options & 2, step);
      }
    }
  }
  report.begin("carousel_rms_prop");
  for (int count : COUNTS) {
    for (int options = 0; options < 4; options++) {
      rms_prop(count, options & 1, options & 2 ? 0.75 : 0);
    }
  }
  report.begin("carousel_adagrad");
  for (int count : COUNTS) {
    adagrad(count, false);
    adagrad(count, true);
  }
}

}  // namespace check
