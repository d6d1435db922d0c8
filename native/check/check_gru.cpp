#include "carousel/gru.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

constexpr carousel_gru_variant VARIANTS[] = {
    {SIGMOID, TANH},
    {SIGMOID, RELU},
    {TANH, SIGMOID},
    {RELU, IDENTITY},
    {IDENTITY, TANH},
    {HARD_SIGMOID, {CAROUSEL_SOFTSIGN, 0, 0, 0}},
    {{CAROUSEL_SIGMOID, 0, 0, 1.5f}, {CAROUSEL_TANH, 0, 0, 1.5f}},
};

using Check = void (*)(const Case &, const carousel_gru_variant &);

void each_variant(const char *kernel, Check check) {
  report.begin(kernel);
  for (const carousel_gru_variant &variant : VARIANTS) {
    each_case([&](const Case &one) { check(one, variant); });
  }
}

void forward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix x_gates = one.operands_of(3, 2);
  Matrix h_gates = one.operands_of(3, 2);
  Matrix bias = if_given(one.has(0), one.vector(4));
  Matrix h = one.reals();
  Matrix h_prev = if_given(one.has(1), one.output_operands());
  Matrix output = one.output();
  require_ok("gru_forward",
             carousel_gru_forward(stream(), one.type, v, one.rows, units, x_gates.view(), h_gates.view(),
                                  bias.pointer<float>(), h.view(), h_prev.view(), output.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      int jz = units + j, jn = 2 * units + j, ju = bias.given() ? 3 * units + j : 0;
      double r = value(v.gate, x_gates.at(row, j) + h_gates.at(row, j) + bias.at(0, j));
      double z = value(v.gate, x_gates.at(row, jz) + h_gates.at(row, jz) + bias.at(0, jz));
      double u = h_gates.at(row, jn) + bias.at(0, ju);
      double n = value(v.activation, x_gates.at(row, jn) + bias.at(0, jn) + r * u);
      double old = h.at(row, j);
      double out = (1 - z) * n + z * old;
      x_gates.set(row, j, r);
      x_gates.set(row, jz, z);
      x_gates.set(row, jn, n);
      h_gates.set(row, jn, u);
      h_prev.set(row, j, rounded(one.type, old));
      h.set(row, j, out);
      output.set(row, j, out);
    }
  }
  x_gates.compare("x_gates", 4);
  h_gates.compare("h_gates");
  h.compare("h", 16);
  h_prev.compare("h_prev", 0, 0);
  output.compare("output", 16);
}

void backward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix x_gates = one.operands_of(3);
  Matrix h_gates = one.operands_of(3);
  Matrix h_prev = one.operands_of();
  Matrix d_output = if_given(one.has(0), one.reals());
  Matrix dh = one.reals();
  require_ok("gru_backward", carousel_gru_backward(stream(), one.type, v, one.rows, units, x_gates.view(),
                                                   h_gates.view(), h_prev.view(), d_output.view(), dh.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      int jz = units + j, jn = 2 * units + j;
      double r = x_gates.at(row, j);
      double z = x_gates.at(row, jz);
      double n = x_gates.at(row, jn);
      double d_h = dh.at(row, j) + d_output.at(row, j);
      double d_n = d_h * (1 - z) * slope(v.activation, n, one.type);
      double d_z = d_h * (h_prev.at(row, j) - n) * slope(v.gate, z, one.type);
      double d_r = d_n * h_gates.at(row, jn) * slope(v.gate, r, one.type);
      x_gates.set(row, j, d_r);
      h_gates.set(row, j, d_r);
      x_gates.set(row, jz, d_z);
      h_gates.set(row, jz, d_z);
      x_gates.set(row, jn, d_n);
      h_gates.set(row, jn, d_n * r);
      dh.set(row, j, d_h * z);
    }
  }
  x_gates.compare("x_gates", 4);
  h_gates.compare("h_gates", 4);
  h_prev.compare("h_prev", 0, 0);
  d_output.compare("d_output", 0, 0);
  dh.compare("dh");
}

void reset_forward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(3, 3);
  Matrix bias = if_given(one.has(0), one.vector(4));
  Matrix h = one.reals();
  Matrix reset_h = one.output_operands();
  require_ok("gru_reset_forward", carousel_gru_reset_forward(stream(), one.type, v, one.rows, units, gates.view(),
                                                             bias.pointer<float>(), h.view(), reset_h.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      double r = value(v.gate, gates.at(row, j) + bias.at(0, j));
      gates.set(row, j, r);
      gates.set(row, units + j, value(v.gate, gates.at(row, units + j) + bias.at(0, units + j)));
      reset_h.set(row, j, r * h.at(row, j));
    }
  }
  gates.compare("gates", 4);
  h.compare("h", 0, 0);
  reset_h.compare("reset_h", 4);
}

void candidate_forward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(3, 2);
  Matrix bias = if_given(one.has(0), one.vector(4));
  Matrix h = one.reals();
  Matrix h_prev = if_given(one.has(1), one.output_operands());
  Matrix output = one.output();
  require_ok("gru_candidate_forward",
             carousel_gru_candidate_forward(stream(), one.type, v, one.rows, units, gates.view(),
                                            bias.pointer<float>(), h.view(), h_prev.view(), output.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      int jn = 2 * units + j, ju = bias.given() ? 3 * units + j : 0;
      double z = gates.at(row, units + j);
      double n = value(v.activation, gates.at(row, jn) + bias.at(0, jn) + bias.at(0, ju));
      double old = h.at(row, j);
      double out = (1 - z) * n + z * old;
      gates.set(row, jn, n);
      h_prev.set(row, j, rounded(one.type, old));
      h.set(row, j, out);
      output.set(row, j, out);
    }
  }
  gates.compare("gates", 4);
  h.compare("h", 16);
  h_prev.compare("h_prev", 0, 0);
  output.compare("output", 16);
}

void candidate_backward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(3);
  Matrix h_prev = one.operands_of();
  Matrix d_output = if_given(one.has(0), one.reals());
  Matrix dh = one.reals();
  require_ok("gru_candidate_backward",
             carousel_gru_candidate_backward(stream(), one.type, v, one.rows, units, gates.view(), h_prev.view(),
                                             d_output.view(), dh.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      double z = gates.at(row, units + j);
      double n = gates.at(row, 2 * units + j);
      double d_h = dh.at(row, j) + d_output.at(row, j);
      gates.set(row, units + j, d_h * (h_prev.at(row, j) - n) * slope(v.gate, z, one.type));
      gates.set(row, 2 * units + j, d_h * (1 - z) * slope(v.activation, n, one.type));
      dh.set(row, j, d_h * z);
    }
  }
  gates.compare("gates", 4);
  h_prev.compare("h_prev", 0, 0);
  d_output.compare("d_output", 0, 0);
  dh.compare("dh");
}

void reset_backward(const Case &one, const carousel_gru_variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(3);
  Matrix d_reset_h = one.reals();
  Matrix h_prev = one.operands_of();
  Matrix dh = one.reals();
  require_ok("gru_reset_backward", carousel_gru_reset_backward(stream(), one.type, v, one.rows, units, gates.view(),
                                                               d_reset_h.view(), h_prev.view(), dh.view()));
  for (int row = 0; row < one.rows; row++) {
    for (int j = 0; j < units; j++) {
      double r = gates.at(row, j);
      double d = d_reset_h.at(row, j);
      dh.set(row, j, dh.at(row, j) + d * r);
      gates.set(row, j, d * h_prev.at(row, j) * slope(v.gate, r, one.type));
    }
  }
  gates.compare("gates", 4);
  d_reset_h.compare("d_reset_h", 0, 0);
  h_prev.compare("h_prev", 0, 0);
  dh.compare("dh", 2);
}

}  // namespace

void check_gru() {
  each_variant("carousel_gru_forward", forward);
  each_variant("carousel_gru_backward", backward);
}

void check_gru_reset_before() {
  each_variant("carousel_gru_reset_forward", reset_forward);
  each_variant("carousel_gru_candidate_forward", candidate_forward);
  each_variant("carousel_gru_candidate_backward", candidate_backward);
  each_variant("carousel_gru_reset_backward", reset_backward);
}

}  // namespace check
