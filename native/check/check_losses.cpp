#include "carousel/loss.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

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
  double smoothing = one.number % 3 == 0 ? 0 : one.number % 3 == 1 ? 0.125 : 1;
  require_ok("softmax_cross_entropy",
             carousel_softmax_cross_entropy(stream(), one.rows, one.columns, operands.x.view(),
                                            labels.pointer<int32_t>(), operands.weights.pointer<float>(),
                                            static_cast<float>(smoothing), operands.dx(),
                                            operands.loss.pointer<float>(), buffer.pointer<void>()));
  double total = 0;
  for (int r = 0; r < one.rows; r++) {
    double weight = weight_of(r);
    if (weight == 0) {
      operands.clear(r, one.columns);
      continue;
    }
    int label = static_cast<int>(labels.at(0, r));
    double most = -INFINITY, sum = 0, expected = 0; /* expected logit under the smoothed labels */
    auto share = [&](int c) { return smoothing / one.columns + (c == label ? 1 - smoothing : 0); };
    for (int c = 0; c < one.columns; c++) {
      most = std::fmax(most, operands.x.at(r, c));
      expected += share(c) * operands.x.at(r, c);
    }
    for (int c = 0; c < one.columns; c++) {
      sum += std::exp(operands.x.at(r, c) - most);
    }
    total += weight * (most + std::log(sum) - expected);
    for (int c = 0; c < one.columns; c++) {
      double probability = std::exp(operands.x.at(r, c) - most) / sum;
      operands.set(r, c, weight * (probability - share(c)));
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
                                              weights.pointer<float>(), 0.1f, logits.view(), loss.pointer<float>(),
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

}  // namespace

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
