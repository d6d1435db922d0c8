#include "carousel/rnn.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

void forward(const Case &one, carousel_activation f) {
  Matrix gates = one.operands_of(1, 3);
  Matrix bias = if_given(one.has(0), one.vector());
  Matrix h = one.operands_of();
  Matrix h_prev = if_given(one.has(1), one.output_operands());
  Matrix output = one.output();
  require_ok("rnn_forward", carousel_rnn_forward(stream(), one.type, f, one.rows, one.columns, gates.view(),
                                                 bias.pointer<float>(), h.view(), h_prev.view(), output.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int j = 0; j < one.columns; j++) {
      double a = value(f, gates.at(r, j) + bias.at(0, j));
      h_prev.set(r, j, h.at(r, j));
      h.set(r, j, a);
      output.set(r, j, a);
      gates.set(r, j, a);
    }
  }
  gates.compare("gates");
  h.compare("h");
  h_prev.compare("h_prev", 0, 0);
  output.compare("output");
}

void backward(const Case &one, carousel_activation f) {
  Matrix gates = one.operands_of();
  Matrix d_output = if_given(one.has(0), one.reals());
  Matrix dh = one.reals();
  require_ok("rnn_backward", carousel_rnn_backward(stream(), one.type, f, one.rows, one.columns, gates.view(),
                                                   d_output.view(), dh.view()));
  for (int r = 0; r < one.rows; r++) {
    for (int j = 0; j < one.columns; j++) {
      gates.set(r, j, slope(f, gates.at(r, j), one.type) * (dh.at(r, j) + d_output.at(r, j)));
    }
  }
  gates.compare("gates");
  d_output.compare("d_output", 0, 0);
  dh.compare("dh", 0, 0);
}

}  // namespace

void check_rnn() {
  report.begin("carousel_rnn_forward");
  for (carousel_activation f : CELL_ACTIVATIONS) {
    each_case([&](const Case &one) { forward(one, f); });
  }
  report.begin("carousel_rnn_backward");
  for (carousel_activation f : CELL_ACTIVATIONS) {
    each_case([&](const Case &one) { backward(one, f); });
  }
}

}  // namespace check
