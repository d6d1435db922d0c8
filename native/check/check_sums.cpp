#include "carousel/ops.h"
#include "carousel/optimizer.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

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

}  // namespace check
