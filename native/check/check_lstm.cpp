#include "carousel/lstm.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

struct Variant {
  carousel_activation gate, activation, cell_output;
  bool coupled;
  double clip;
  bool peephole;
};

constexpr Variant VARIANTS[] = {
    {SIGMOID, TANH, TANH, false, 0, false},
    {SIGMOID, TANH, TANH, false, 0, true},
    {SIGMOID, TANH, TANH, false, 0.375, false},
    {SIGMOID, TANH, TANH, true, 0, false},
    {SIGMOID, TANH, TANH, true, 0.375, true},
    {SIGMOID, RELU, RELU, false, 0, false},
    {TANH, SIGMOID, SIGMOID, false, 0.25, true},
    {RELU, IDENTITY, IDENTITY, false, 1, true},
    {IDENTITY, TANH, TANH, true, 0, true},
    {SIGMOID, TANH, IDENTITY, false, 0.5, false},
    {HARD_SIGMOID, TANH, {CAROUSEL_SOFTSIGN, 0, 0, 0}, false, 0, false},
    {{CAROUSEL_SIGMOID, 0, 0, 1.5f}, {CAROUSEL_TANH, 0, 0, 1.5f}, {CAROUSEL_TANH, 0, 0, 0.25f}, false, 0, true},
};

carousel_lstm_variant native(const Variant &v, const Matrix &peephole) {
  return {v.gate, v.activation, v.cell_output, v.coupled, static_cast<float>(v.clip), peephole.pointer<float>()};
}

double bound(const Variant &v, double cell) { return v.clip > 0 ? std::fmax(std::fmin(cell, v.clip), -v.clip) : cell; }

void forward(const Case &one, const Variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(4, 3);
  Matrix bias = if_given(one.has(0), one.vector(4));
  Matrix peephole = if_given(v.peephole, one.vector(3));
  Matrix c = one.reals();
  Matrix c_prev = if_given(one.has(1), one.output());
  Matrix h = if_given(one.has(2), one.operands_of());
  Matrix h_prev = if_given(one.has(2) && one.has(3), one.output_operands());
  Matrix output = one.output();
  require_ok("lstm_forward",
             carousel_lstm_forward(stream(), one.type, native(v, peephole), one.rows, units, gates.view(),
                                   bias.pointer<float>(), c.view(), c_prev.view(), h.view(), h_prev.view(),
                                   output.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int j = 0; j < units; j++) {
      double z[4];
      for (int k = 0; k < 4; k++) {
        z[k] = gates.at(r, k * units + j) + bias.at(0, k * units + j);
      }
      double old = c.at(r, j);
      double f = value(v.gate, z[1] + peephole.at(0, v.peephole ? units + j : 0) * old);
      double i = v.coupled ? 1 - f : value(v.gate, z[0] + peephole.at(0, j) * old);
      double g = value(v.activation, z[2]);
      double cell = bound(v, f * old + i * g);
      double o = value(v.gate, z[3] + peephole.at(0, v.peephole ? 2 * units + j : 0) * cell);
      double out = o * value(v.cell_output, cell);
      gates.set(r, j, i);
      gates.set(r, units + j, f);
      gates.set(r, 2 * units + j, g);
      gates.set(r, 3 * units + j, o);
      c_prev.set(r, j, old);
      c.set(r, j, cell);
      h_prev.set(r, j, h.at(r, j));
      h.set(r, j, out);
      output.set(r, j, out);
    }
  }
  gates.compare("gates", 4);
  c.compare("c", 8);
  c_prev.compare("c_prev", 0, 0);
  h.compare("h", 16);
  h_prev.compare("h_prev", 0, 0);
  output.compare("output", 16);
}

void backward(const Case &one, const Variant &v) {
  int units = one.columns;
  Matrix gates = one.operands_of(4);
  Matrix peephole = if_given(v.peephole, one.vector(3));
  Matrix c_prev = one.reals();
  Matrix d_output = if_given(one.has(0), one.reals());
  Matrix dh = if_given(one.has(1), one.reals());
  Matrix dc = one.reals();
  Matrix cell = if_given(one.has(2), one.output());
  require_ok("lstm_backward",
             carousel_lstm_backward(stream(), one.type, native(v, peephole), one.rows, units, gates.view(),
                                    c_prev.view(), d_output.view(), dh.view(), dc.view(), cell.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int j = 0; j < units; j++) {
      double f = gates.at(r, units + j);
      double i = gates.at(r, j);
      double g = gates.at(r, 2 * units + j);
      double o = gates.at(r, 3 * units + j);
      double old = c_prev.at(r, j);
      double sum = f * old + i * g;
      double bounded = bound(v, sum);
      double out = value(v.cell_output, bounded);
      /* computed again in float, not stored as the operand type */
      double slope_out = slope(v.cell_output, rounded(CAROUSEL_F32, out), CAROUSEL_F32);
      double d_h = dh.at(r, j) + d_output.at(r, j);
      double d_o = d_h * out * slope(v.gate, o, one.type);
      double d_cell = dc.at(r, j) + d_h * o * slope_out +
                      d_o * peephole.at(0, v.peephole ? 2 * units + j : 0);
      if (v.clip > 0 && std::fabs(sum) > v.clip) {
        d_cell = 0;
      }
      double d_i = v.coupled ? 0 : d_cell * g * slope(v.gate, i, one.type);
      double d_f = d_cell * (v.coupled ? old - g : old) * slope(v.gate, f, one.type);
      gates.set(r, j, d_i);
      gates.set(r, units + j, d_f);
      gates.set(r, 2 * units + j, d_cell * i * slope(v.activation, g, one.type));
      gates.set(r, 3 * units + j, d_o);
      dc.set(r, j, d_cell * f + d_i * peephole.at(0, j) + d_f * peephole.at(0, v.peephole ? units + j : 0));
      cell.set(r, j, bounded);
    }
  }
  gates.compare("gates", 4);
  c_prev.compare("c_prev", 0, 0);
  d_output.compare("d_output", 0, 0);
  dh.compare("dh", 0, 0);
  dc.compare("dc", 8);
  cell.compare("cell", 2);
}

}  // namespace

void check_lstm() {
  report.begin("carousel_lstm_forward");
  for (const Variant &variant : VARIANTS) {
    each_case([&](const Case &one) { forward(one, variant); });
  }
  report.begin("carousel_lstm_backward");
  for (const Variant &variant : VARIANTS) {
    each_case([&](const Case &one) { backward(one, variant); });
  }
}

}  // namespace check
