#include "carousel/loss.h"
#include "carousel/ops.h"
#include "carousel/optimizer.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

/* Exactly so much as the header promises, with old contents that no result may depend on. */
Matrix scratch() {
  return Matrix::filled(CAROUSEL_F32, 1, CAROUSEL_SCRATCH_BYTES / sizeof(float), {0, 0}, 1e30);
}

void sum_rows(const Case &one, Matrix &buffer, bool again) {
  Matrix x = one.operands_of();
  Matrix sum = again ? one.vector() : Matrix::filled(CAROUSEL_F32, 1, one.columns, one.layout(), NAN);
  require_ok("sum_rows", carousel_sum_rows(stream(), one.type, one.rows, one.columns, x.view(), again ? 1 : 0,
                                           sum.pointer<float>(), buffer.pointer<void>()));
  for (int c = 0; c < one.columns; c++) {
    double total = again ? sum.at(0, c) : 0;
    for (int r = 0; r < one.rows; r++) {
      total += x.at(r, c);
    }
    sum.set(0, c, total);
  }
  x.compare("x", 0, 0);
  sum.compare("sum", std::sqrt(1.0 + one.rows));
}

void squared_norm(const Case &one, Matrix &buffer) {
  Matrix x = one.reals();
  Matrix sum = Matrix::filled(CAROUSEL_F32, 1, 1, {one.number % 4, 0}, 2.5);
  require_ok("squared_norm", carousel_squared_norm(stream(), one.rows, one.columns, x.view(), sum.pointer<float>(),
                                                   buffer.pointer<void>()));
  double total = 2.5;
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      total += x.at(r, c) * x.at(r, c);
    }
  }
  sum.set(0, 0, total);
  x.compare("x", 0, 0);
  sum.compare("sum");
}

void clip_coefficient(double squared, double most) {
  report.new_case("norm " + std::to_string(std::sqrt(squared)));
  Matrix norm = Matrix::filled(CAROUSEL_F32, 1, 1, {0, 0}, squared);
  Matrix coefficient = Matrix::filled(CAROUSEL_F32, 1, 1, {1, 0}, 7);
  require_ok("clip_coefficient", carousel_clip_coefficient(stream(), norm.pointer<float>(), static_cast<float>(most),
                                                           coefficient.pointer<float>()));
  double ratio = most / (std::sqrt(norm.at(0, 0)) + 1e-6);
  coefficient.set(0, 0, ratio >= 1 ? 1 : ratio);
  coefficient.compare("coefficient", 0, 4);
}

/* Weights 0.5, 0, 1.5, ...: a row of weight 0 holds NaN, and must not count. */
double weight_of(int row) { return row % 5 == 1 ? 0 : 0.5 + row % 3; }

struct LossOperands {
  Matrix x, weights, loss, separate;
  bool gradient, in_place;

  LossOperands(const Case &one, double range)
      : x(inputs(one, range)),
        weights(Matrix::of(CAROUSEL_F32, 1, one.rows, {one.number % 4, 0}, all_weights(one.rows))),
        loss(Matrix::filled(CAROUSEL_F32, 1, 1, {one.number % 3, 0}, 2.5)),
        separate(one.output()),
        gradient(one.has(0)),
        in_place(one.has(1)) {}

  static Matrix inputs(const Case &one, double range) {
    Matrix random = Matrix::random(CAROUSEL_F32, one.rows, one.columns, {0, 0}, range);
    std::vector<double> values;
    for (int r = 0; r < one.rows; r++) {
      for (int c = 0; c < one.columns; c++) {
        values.push_back(weight_of(r) == 0 ? NAN : random.at(r, c));
      }
    }
    return Matrix::of(CAROUSEL_F32, one.rows, one.columns, one.layout(), values);
  }

  static std::vector<double> all_weights(int rows) {
    std::vector<double> weights(rows);
    for (int r = 0; r < rows; r++) {
      weights[r] = weight_of(r);
    }
    return weights;
  }

  carousel_view dx() const { return gradient ? (in_place ? x : separate).view() : carousel_view{nullptr, 0}; }

  void set(int row, int column, double slope) {
    if (gradient) {
      (in_place ? x : separate).set(row, column, slope);
    }
  }

  void clear(int row, int columns) {
    for (int c = 0; c < columns; c++) {
      set(row, c, 0);
    }
  }

  void compare(const Case &one, double total) {
    loss.set(0, 0, 2.5 + total);
    x.compare("x or its gradient");
    separate.compare("gradient");
    loss.compare("loss", std::sqrt(1.0 + one.rows * one.columns));
  }
};

void softmax(const Case &one, Matrix &buffer) {
  if (one.columns == 0) {
    return;
  }
  LossOperands operands(one, one.number % 7 == 0 ? 300 : 5);
  Matrix labels = Matrix::random(CAROUSEL_I32, 1, one.rows, {one.number % 4, 0}, one.columns - 1);
  require_ok("softmax_cross_entropy",
             carousel_softmax_cross_entropy(stream(), one.rows, one.columns, operands.x.view(),
                                            labels.pointer<int32_t>(), operands.weights.pointer<float>(),
                                            operands.dx(), operands.loss.pointer<float>(), buffer.pointer<void>()));
  double total = 0;
  for (int r = 0; r < one.rows; r++) {
    double weight = weight_of(r);
    if (weight == 0) {
      operands.clear(r, one.columns);
      continue;
    }
    int label = static_cast<int>(labels.at(0, r));
    double most = -INFINITY, sum = 0;
    for (int c = 0; c < one.columns; c++) {
      most = std::fmax(most, operands.x.at(r, c));
    }
    for (int c = 0; c < one.columns; c++) {
      sum += std::exp(operands.x.at(r, c) - most);
    }
    total += weight * (most + std::log(sum) - operands.x.at(r, label));
    for (int c = 0; c < one.columns; c++) {
      double probability = std::exp(operands.x.at(r, c) - most) / sum;
      operands.set(r, c, weight * (probability - (c == label ? 1 : 0)));
    }
  }
  operands.compare(one, total);
}

/* Rows of weight 0 contribute nothing, whatever they hold: here NaN, and a label that is no class. */
void softmax_ignored(Matrix &buffer) {
  for (int classes : {3, 700}) {
    report.new_case("ignored row of " + std::to_string(classes));
    Matrix logits = Matrix::filled(CAROUSEL_F32, 1, classes, {0, 0}, NAN);
    Matrix labels = Matrix::filled(CAROUSEL_I32, 1, 1, {0, 0}, -1000000);
    Matrix weights = Matrix::filled(CAROUSEL_F32, 1, 1, {0, 0}, 0);
    Matrix loss = Matrix::filled(CAROUSEL_F32, 1, 1, {0, 0}, 2.5);
    require_ok("softmax_cross_entropy",
               carousel_softmax_cross_entropy(stream(), 1, classes, logits.view(), labels.pointer<int32_t>(),
                                              weights.pointer<float>(), logits.view(), loss.pointer<float>(),
                                              buffer.pointer<void>()));
    for (int c = 0; c < classes; c++) {
      logits.set(0, c, 0);
    }
    logits.compare("gradient", 0, 0);
    loss.compare("loss", 0, 0);
  }
}

void logistic(const Case &one, Matrix &buffer) {
  LossOperands operands(one, one.number % 7 == 0 ? 300 : 5);
  Matrix targets = Matrix::random(CAROUSEL_F32, one.rows, one.columns, one.layout());
  double positive = 2.5;
  require_ok("logistic_loss",
             carousel_logistic_loss(stream(), one.rows, one.columns, operands.x.view(), targets.view(),
                                    operands.weights.pointer<float>(), static_cast<float>(positive), operands.dx(),
                                    operands.loss.pointer<float>(), buffer.pointer<void>()));
  double total = 0;
  for (int r = 0; r < one.rows; r++) {
    if (weight_of(r) == 0) {
      operands.clear(r, one.columns);
      continue;
    }
    for (int c = 0; c < one.columns; c++) {
      double x = operands.x.at(r, c), y = targets.at(r, c);
      total += weight_of(r) * (positive * y * softplus(-x) + (1 - y) * softplus(x));
      operands.set(r, c, weight_of(r) * ((1 - y) * sigmoid(x) - positive * y * sigmoid(-x)));
    }
  }
  targets.compare("targets", 0, 0);
  operands.compare(one, total);
}

void squared_error(const Case &one, Matrix &buffer) {
  LossOperands operands(one, 1);
  Matrix targets = one.reals();
  require_ok("squared_error",
             carousel_squared_error(stream(), one.rows, one.columns, operands.x.view(), targets.view(),
                                    operands.weights.pointer<float>(), operands.dx(), operands.loss.pointer<float>(),
                                    buffer.pointer<void>()));
  double total = 0;
  for (int r = 0; r < one.rows; r++) {
    if (weight_of(r) == 0) {
      operands.clear(r, one.columns);
      continue;
    }
    for (int c = 0; c < one.columns; c++) {
      double difference = operands.x.at(r, c) - targets.at(r, c);
      total += weight_of(r) * difference * difference;
      operands.set(r, c, 2 * weight_of(r) * difference);
    }
  }
  targets.compare("targets", 0, 0);
  operands.compare(one, total);
}

template <class Check>
void each_float_case(const char *kernel, Check check) {
  report.begin(kernel);
  each_case([&](const Case &one) {
    if (one.type == CAROUSEL_F32) {
      check(one);
    }
  });
}

Case large(int rows, int columns, int layouts = 0, int number = 0, carousel_type type = CAROUSEL_F32) {
  report.new_case("[" + std::to_string(rows) + ", " + std::to_string(columns) + "]");
  return Case{type, rows, columns, layouts, number};
}

}  // namespace

void check_sums() {
  Matrix buffer = scratch();
  report.begin("carousel_sum_rows");
  for (bool again : {false, true}) {
    each_case([&](const Case &one) { sum_rows(one, buffer, again); });
    sum_rows(large(9001, 3), buffer, again);
    sum_rows(large(9001, 12, 1, 0, CAROUSEL_BF16), buffer, again);
  }
  sum_rows(large(129, 349530), buffer, true); /* partial sums of three chunks do not fit into scratch memory */
}

void check_norms() {
  Matrix buffer = scratch();
  each_float_case("carousel_squared_norm", [&](const Case &one) { squared_norm(one, buffer); });
  squared_norm(large(1, 300001), buffer);
  squared_norm(large(500, 9000), buffer);
  squared_norm(large(30011, 3, 4, 1), buffer);
  report.begin("carousel_clip_coefficient");
  for (double squared : {0.0, 0.01, 4.0, 1e30, static_cast<double>(INFINITY), static_cast<double>(NAN)}) {
    clip_coefficient(squared, 1.5);
  }
}

void check_losses() {
  Matrix buffer = scratch();
  each_float_case("carousel_softmax_cross_entropy", [&](const Case &one) { softmax(one, buffer); });
  softmax(large(3, 512), buffer);
  softmax(large(3, 513), buffer);
  softmax(large(9000, 5, 3, 3), buffer);
  if (!is_emulated()) {
    softmax(large((1 << 20) + 100, 2, 0, 3), buffer); /* more rows than scratch memory holds at once */
  }
  softmax_ignored(buffer);
  each_float_case("carousel_logistic_loss", [&](const Case &one) { logistic(one, buffer); });
  logistic(large(3000, 130, 3, 3), buffer);
  each_float_case("carousel_squared_error", [&](const Case &one) { squared_error(one, buffer); });
  squared_error(large(3000, 130, 3, 3), buffer);
}

}  // namespace check
