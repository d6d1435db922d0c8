/* Replays of the persistent kernels' steps against double arithmetic: gates and cell states from given products. */
#include "carousel/persistent.h"

#include <algorithm>

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

struct Steps {
  carousel_type format; /* of products */
  carousel_type type;   /* as which that is stored */
  int units;
  bool reverse;
  int number;
  std::vector<int> lengths = {4, 3, 3, 1, 0}; /* longest first */
  std::vector<int> first; /* row of each step, then the number of all rows */
  Matrix offsets;

  Steps(carousel_type format, int units, bool reverse, int number)
      : format(format),
        type(format == CAROUSEL_TF32 ? CAROUSEL_F32 : format),
        units(units),
        reverse(reverse),
        number(number),
        first(first_rows()),
        offsets(Matrix::of(CAROUSEL_I32, 1, static_cast<int>(first.size()), {0, 0},
                           std::vector<double>(first.begin(), first.end()))) {}

  std::vector<int> first_rows() const {
    std::vector<int> rows{0};
    for (int t = 0; t < lengths[0]; t++) {
      rows.push_back(rows.back() + rows_of(t));
    }
    return rows;
  }
  int rows_of(int t) const {
    return static_cast<int>(std::count_if(lengths.begin(), lengths.end(), [t](int n) { return n > t; }));
  }
  bool has(int k) const { return (number >> k & 1) != 0; }
  Layout layout(int k) const { return LAYOUTS[(number + k) % ALL_LAYOUTS]; }
  int sequences() const { return static_cast<int>(lengths.size()); }

  carousel_packing packing() const { return {lengths[0], sequences(), reverse, offsets.pointer<int32_t>()}; }
  Matrix packed(carousel_type of, int blocks, int k) const {
    return Matrix::random(of, first.back(), blocks * units, layout(k), 2);
  }
  Matrix bias(int blocks) const { return if_given(has(0), Matrix::random(CAROUSEL_F32, 1, blocks * units, layout(5))); }

  /* Calls step(packed row, row of the batch, unit) in the order of forward. */
  template <class Step>
  void each(Step step) const {
    for (int place = 0; place < lengths[0]; place++) {
      int t = reverse ? lengths[0] - 1 - place : place;
      for (int row = 0; row < rows_of(t); row++) {
        for (int unit = 0; unit < units; unit++) {
          step(first[t] + row, row, unit);
        }
      }
    }
  }
};

void lstm_replay(const Steps &one) {
  int units = one.units;
  Matrix products = one.packed(CAROUSEL_F32, 4, 0);
  Matrix gates = one.packed(one.type, 4, 1);
  Matrix bias = one.bias(4);
  Matrix c = Matrix::random(CAROUSEL_F32, one.sequences(), units, one.layout(2));
  Matrix c_prev = Matrix::filled(CAROUSEL_F32, one.first.back(), units, one.layout(3), 7);
  require_ok("lstm_replay", carousel_lstm_replay(stream(), one.format, one.packing(), units, products.view(),
                                                 gates.view(), bias.pointer<float>(), c.view(), c_prev.view()));
  one.each([&](int row, int n, int j) {
    double z[4];
    for (int k = 0; k < 4; k++) {
      int column = k * units + j;
      z[k] = gates.at(row, column) + bias.at(0, column) + products.at(row, column);
    }
    double i = sigmoid(z[0]), f = sigmoid(z[1]), g = std::tanh(z[2]), o = sigmoid(z[3]);
    c_prev.set(row, j, c.at(n, j));
    c.set(n, j, f * c.at(n, j) + i * g);
    gates.set(row, j, i);
    gates.set(row, units + j, f);
    gates.set(row, 2 * units + j, g);
    gates.set(row, 3 * units + j, o);
  });
  gates.compare("gates", 4);
  c.compare("c", 4);
  c_prev.compare("c_prev", 4);
  products.compare("products", 0, 0);
}

void gru_replay(const Steps &one) {
  int units = one.units;
  Matrix products = one.packed(CAROUSEL_F32, 3, 0);
  Matrix x_gates = one.packed(one.type, 3, 1);
  Matrix h_gates = one.packed(one.type, 3, 2);
  Matrix bias = one.bias(4);
  require_ok("gru_replay", carousel_gru_replay(stream(), one.format, one.packing(), units, products.view(),
                                               x_gates.view(), h_gates.view(), bias.pointer<float>()));
  one.each([&](int row, int, int j) {
    double r = sigmoid(x_gates.at(row, j) + bias.at(0, j) + products.at(row, j));
    double z = sigmoid(x_gates.at(row, units + j) + bias.at(0, units + j) + products.at(row, units + j));
    double u_n = products.at(row, 2 * units + j) + bias.at(0, 3 * units + j);
    double n = std::tanh(x_gates.at(row, 2 * units + j) + bias.at(0, 2 * units + j) + r * u_n);
    x_gates.set(row, j, r);
    x_gates.set(row, units + j, z);
    x_gates.set(row, 2 * units + j, n);
    h_gates.set(row, 2 * units + j, u_n);
  });
  x_gates.compare("x_gates", 4);
  h_gates.compare("h_gates", 4);
  products.compare("products", 0, 0);
}

void rnn_replay(const Steps &one) {
  carousel_activation f = one.has(1) ? TANH : RELU;
  Matrix products = one.packed(CAROUSEL_F32, 1, 0);
  Matrix gates = one.packed(one.type, 1, 1);
  Matrix bias = one.bias(1);
  require_ok("rnn_replay", carousel_rnn_replay(stream(), one.format, f, one.packing(), one.units, products.view(),
                                               gates.view(), bias.pointer<float>()));
  one.each([&](int row, int, int j) {
    gates.set(row, j, value(f, gates.at(row, j) + bias.at(0, j) + products.at(row, j)));
  });
  gates.compare("gates", 4);
  products.compare("products", 0, 0);
}

template <class Check>
void each_case(const char *kernel, Check check) {
  report.begin(kernel);
  for (carousel_type format : {CAROUSEL_F32, CAROUSEL_TF32, CAROUSEL_BF16, CAROUSEL_F16}) {
    for (int units : {1, 5, 70}) {
      for (bool reverse : {false, true}) {
        Steps one(format, units, reverse, report.number());
        report.new_case("format " + std::to_string(format) + ", H " + std::to_string(units) +
                        (reverse ? ", reverse" : ""));
        check(one);
      }
    }
  }
}

}  // namespace

void check_replay() {
  each_case("carousel_lstm_replay", lstm_replay);
  each_case("carousel_gru_replay", gru_replay);
  each_case("carousel_rnn_replay", rnn_replay);
}

}  // namespace check
