#include "carousel/ops.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

void forward(const Case &one, carousel_activation f) {
  Matrix x = one.reals(1, 4);
  Matrix separate = one.output();
  Matrix &y = one.has(0) ? x : separate;
  require_ok("activation_forward",
             carousel_activation_forward(stream(), f, one.rows, one.columns, x.view(), y.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      y.set(r, c, value(f, x.at(r, c)));
    }
  }
  x.compare("x", 0, 8);
  separate.compare("y", 0, 8);
}

/* Where a careless formula overflows or loses its digits: the error is relative to the value, however small that is. */
void forward_extremes(carousel_activation f) {
  report.new_case("extreme arguments");
  std::vector<double> numbers;
  for (double x = -80; x <= 80; x += 2.5) {
    numbers.push_back(x);
  }
  for (double x : {1e-30, -1e-30, 1e-3, -1e-3, 0.54, 0.56, 9.0, -9.0, 89.0, 1000.0, 3e38, -3e38}) {
    numbers.push_back(x);
  }
  int count = static_cast<int>(numbers.size());
  Matrix x = Matrix::of(CAROUSEL_F32, 1, count, {0, 0}, numbers);
  Matrix y = Matrix::filled(CAROUSEL_F32, 1, count, {0, 0}, 7);
  require_ok("activation_forward", carousel_activation_forward(stream(), f, 1, count, x.view(), y.view()));
  for (int k = 0; k < count; k++) {
    y.set(0, k, value(f, x.at(0, k)));
  }
  y.compare("y", 0, 8);
}

void backward(const Case &one, carousel_activation f) {
  Matrix y = one.reals();
  Matrix dy = one.reals();
  Matrix separate = one.output();
  Matrix &dx = one.has(0) ? dy : separate;
  require_ok("activation_backward",
             carousel_activation_backward(stream(), f, one.rows, one.columns, y.view(), dy.view(), dx.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      dx.set(r, c, dy.at(r, c) * slope(f, y.at(r, c), CAROUSEL_F32));
    }
  }
  y.compare("y", 0, 0);
  dy.compare("dy", 1, 8);
  separate.compare("dx", 1, 8);
}

/* Where forward met a bound, backward must find out by the bits of the value. No number is near the bound, 1.5. */
void clipped(const Case &one, carousel_activation f) {
  std::vector<double> numbers;
  for (int k = 0; k < one.rows * one.columns; k++) {
    numbers.push_back((k * 37 + one.number) % 201 * 0.04 - 3.99);
  }
  Matrix x = Matrix::of(CAROUSEL_F32, one.rows, one.columns, one.layout(), numbers);
  Matrix y = one.output();
  Matrix dx = Matrix::filled(CAROUSEL_F32, one.rows, one.columns, one.layout(), 1);
  require_ok("activation_forward",
             carousel_activation_forward(stream(), f, one.rows, one.columns, x.view(), y.view()));
  require_ok("activation_backward",
             carousel_activation_backward(stream(), f, one.rows, one.columns, y.view(), dx.view(), dx.view()));
  carousel_activation free = {f.kind, f.alpha, f.beta, 0};
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      double seen = x.at(r, c);
      double slope_there = slope(free, value(free, seen), CAROUSEL_F32);
      dx.set(r, c, std::fabs(seen) >= f.clip ? 0 : slope_there);
    }
  }
  dx.compare("dx", 1, 8);
}

/* The Philox4x32-10 of Salmon et al. in its own words, in 64-bit arithmetic. */
uint32_t philox_word(uint64_t key, uint32_t unit, uint32_t t, uint32_t row, uint32_t draw) {
  uint64_t counter[4] = {unit / 4, t, row, draw};
  uint64_t keys[2] = {key & 0xFFFFFFFF, key >> 32};
  for (int round = 0; round < 10; round++) {
    uint64_t left = counter[0] * 0xD2511F53;
    uint64_t right = counter[2] * 0xCD9E8D57;
    uint64_t next[4] = {right >> 32 ^ counter[1] ^ keys[0], right & 0xFFFFFFFF, left >> 32 ^ counter[3] ^ keys[1],
                        left & 0xFFFFFFFF};
    for (int k = 0; k < 4; k++) {
      counter[k] = next[k];
    }
    keys[0] = (keys[0] + 0x9E3779B9) & 0xFFFFFFFF;
    keys[1] = (keys[1] + 0xBB67AE85) & 0xFFFFFFFF;
  }
  return static_cast<uint32_t>(counter[unit % 4]);
}

void dropout(const Case &one) {
  constexpr uint64_t key = 0x0123456789ABCDEF;
  double rate = one.number % 5 == 0 ? 0 : one.number % 5 == 1 ? 0.999 : 0.3;
  uint32_t threshold = static_cast<uint32_t>(std::ceil(rate * 0x1p24));
  float factor = static_cast<float>(1 / (1 - rate));
  Matrix draw = Matrix::random(CAROUSEL_I32, 1, 1, {one.number % 4, 0}, 1e9);
  Matrix row_ids = if_given(one.has(0), Matrix::random(CAROUSEL_I32, 2, one.rows, {one.number % 3, 5}, 1e6));
  Matrix x = one.reals();
  Matrix separate = one.output();
  Matrix &y = one.has(1) ? x : separate;
  require_ok("dropout",
             carousel_dropout(stream(), threshold, factor, key, draw.pointer<int32_t>(), row_ids.view(), one.rows,
                              one.columns, x.view(), y.view()));
  for (int r = 0; r < one.rows; r++) {
    uint32_t row = static_cast<uint32_t>(row_ids.given() ? row_ids.at(0, r) : r);
    uint32_t t = static_cast<uint32_t>(row_ids.at(1, r));
    for (int c = 0; c < one.columns; c++) {
      uint32_t word = philox_word(key, static_cast<uint32_t>(c), t, row, static_cast<uint32_t>(draw.at(0, 0)));
      y.set(r, c, (word >> 8) >= threshold ? x.at(r, c) * factor : 0);
    }
  }
  x.compare("x", 0, 2);
  separate.compare("y", 0, 2);
}

/* A known answer of the authors' (Random123, kat_vectors), through a mask that keeps all words but the smaller ones. */
void dropout_known_answer() {
  report.new_case("known answer");
  constexpr uint32_t words[] = {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8};
  for (int lane = 0; lane < 4; lane++) {
    for (uint32_t more = 0; more < 2; more++) {
      Matrix draw = Matrix::filled(CAROUSEL_I32, 1, 1, {0, 0}, 0);
      Matrix x = Matrix::filled(CAROUSEL_F32, 1, 4, {0, 0}, 1);
      require_ok("dropout", carousel_dropout(stream(), (words[lane] >> 8) + more, 2, 0, draw.pointer<int32_t>(),
                                             {nullptr, 0}, 1, 4, x.view(), x.view()));
      for (int c = 0; c < 4; c++) {
        x.set(0, c, (words[c] >> 8) >= (words[lane] >> 8) + more ? 2 : 0);
      }
      x.compare("x", 0, 0);
    }
  }
}

}  // namespace

void check_functions() {
  constexpr carousel_type floats[] = {CAROUSEL_F32};
  report.begin("carousel_activation_forward");
  for (carousel_activation f : ACTIVATIONS) {
    each_case(floats, [&](const Case &one) { forward(one, f); });
    forward_extremes(f);
  }
  report.begin("carousel_activation_backward");
  for (carousel_activation f : ACTIVATIONS) {
    each_case(floats, [&](const Case &one) { backward(one, f); });
    f.clip = 1.5f;
    each_case(floats, [&](const Case &one) { clipped(one, f); });
  }
}

void check_dropout() {
  each_float_case("carousel_dropout", dropout);
  dropout_known_answer();
}

}  // namespace check
