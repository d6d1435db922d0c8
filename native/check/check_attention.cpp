#include "carousel/attention.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

/* Lengths from 0 to the width; the first row is full in every other case. */
Matrix row_lengths(const Case &one) {
  Matrix lengths = Matrix::random(CAROUSEL_I32, 1, one.rows, {one.number % 4, 0}, one.columns);
  if (one.rows > 0 && one.number % 2 == 0) {
    lengths.set(0, 0, one.columns);
  }
  std::vector<double> values;
  for (int r = 0; r < one.rows; r++) {
    values.push_back(lengths.at(0, r));
  }
  return Matrix::of(CAROUSEL_I32, 1, one.rows, {one.number % 4, 0}, values);
}

/* Random numbers within the lengths, NaN beyond, which must not count. */
Matrix valid_numbers(const Case &one, const Matrix &lengths, double range) {
  Matrix random = Matrix::random(CAROUSEL_F32, one.rows, one.columns, {0, 0}, range);
  std::vector<double> values;
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      values.push_back(c < lengths.at(0, r) ? random.at(r, c) : NAN);
    }
  }
  return Matrix::of(CAROUSEL_F32, one.rows, one.columns, one.layout(), values);
}

void forward(const Case &one) {
  Matrix lengths = row_lengths(one);
  Matrix x = valid_numbers(one, lengths, one.number % 7 == 0 ? 300 : 5);
  Matrix separate = one.output();
  bool in_place = one.has(0);
  Matrix &y = in_place ? x : separate;
  require_ok("masked_softmax_forward",
             carousel_masked_softmax_forward(stream(), one.rows, one.columns, x.view(), lengths.pointer<int32_t>(),
                                             y.view()));
  for (int r = 0; r < one.rows; r++) {
    double most = -INFINITY, sum = 0;
    for (int c = 0; c < lengths.at(0, r); c++) {
      most = std::fmax(most, x.at(r, c));
    }
    for (int c = 0; c < lengths.at(0, r); c++) {
      sum += std::exp(x.at(r, c) - most);
    }
    for (int c = 0; c < one.columns; c++) {
      y.set(r, c, c < lengths.at(0, r) ? std::exp(x.at(r, c) - most) / sum : 0);
    }
  }
  lengths.compare("lengths", 0, 0);
  y.compare("y");
}

void backward(const Case &one) {
  Matrix lengths = row_lengths(one);
  Matrix y = valid_numbers(one, lengths, 1);
  Matrix dy = valid_numbers(one, lengths, 1);
  Matrix separate = one.output();
  bool in_place = one.has(0);
  Matrix &dx = in_place ? dy : separate;
  require_ok("masked_softmax_backward",
             carousel_masked_softmax_backward(stream(), one.rows, one.columns, y.view(), lengths.pointer<int32_t>(),
                                              dy.view(), dx.view()));
  for (int r = 0; r < one.rows; r++) {
    double mean = 0;
    for (int c = 0; c < lengths.at(0, r); c++) {
      mean += y.at(r, c) * dy.at(r, c);
    }
    for (int c = 0; c < one.columns; c++) {
      dx.set(r, c, c < lengths.at(0, r) ? y.at(r, c) * (dy.at(r, c) - mean) : 0);
    }
  }
  dx.compare("dx", std::sqrt(1.0 + one.columns));
}

}  // namespace

void check_attention() {
  each_float_case("carousel_masked_softmax_forward", forward);
  forward(large(3, 512));
  forward(large(3, 513));
  forward(large(9000, 5, 3, 3));
  each_float_case("carousel_masked_softmax_backward", backward);
  backward(large(3, 512));
  backward(large(3, 513));
  backward(large(9000, 5, 3, 3));
}

}  // namespace check
