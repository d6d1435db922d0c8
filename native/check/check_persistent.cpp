/*
 * The persistent kernels against the same recurrence in double, step by step, with states and gradients rounded where
 * the kernels store them.
 */
#include "carousel/persistent.h"

#include <algorithm>
#include <cmath>

#include "cells.h"
#include "gpu.h"
#include "persistent_sequence.h"
#include "suites.h"

namespace check {

namespace {

/*
 * A block that is not full, and full ones; several eights of rows, in groups and in one. With 16 multiprocessors blocks
 * of all sizes: of 8 units (16 bits and RNN: 16) up to 20, of 16 with 64, of 32 and 64 with more.
 */
const Batch BATCHES[] = {{{3, 2, 2, 0}, 5, 0},
                         {{2, 2, 1}, 64, 0},
                         {{4, 4, 3, 3, 3, 2, 1, 1, 1, 1}, 17, 0},
                         {{4, 4, 3, 3, 3, 2, 1, 1, 1, 1}, 17, 1},
                         {{3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1}, 20, 6},
                         {{3}, 256, 0},
                         {{2, 2, 1}, 99, 2},
                         {{3, 3, 1}, 130, 0},
                         {{2, 2, 2, 2, 2, 2, 2, 2, 1}, 150, 0}};

/* More rows than a block holds at a time. */
Batch many_rows() {
  Batch batch{std::vector<int>(112, 1), 250, 8};
  std::fill_n(batch.lengths.begin(), 57, 2);
  return batch;
}

/* Whether the GPU runs any. */
bool has_clusters() {
  carousel_persistent_layout layout;
  require_ok("layout", carousel_persistent_layout_of(CAROUSEL_RNN, CAROUSEL_F32, 1, 0, 1, 0, 0, 1, &layout));
  return layout.clusters != 0;
}

void lstm_forward(const Sequence &one) {
  int units = one.units();
  Call call(one, false);
  Matrix weight = one.weights(0);
  GivenInputs inputs(one);
  bool infers = one.inputs > 0;
  Matrix gates = if_given(!infers, one.packed(one.type, 4, 1, 2));
  Matrix bias = if_given(one.has(0), Matrix::random(CAROUSEL_F32, 1, 4 * units, one.layout(2)));
  Matrix h = one.states(one.type, 3);
  Matrix c = one.states(CAROUSEL_F32, 4);
  Matrix c_prev = if_given(one.has(1) && !infers, one.written(CAROUSEL_F32, 5));
  Matrix h_prev = if_given(one.has(2) && !infers, one.written(one.type, 0));
  Matrix output = one.written(CAROUSEL_F32, 1);
  Matrix cell = if_given(one.has(0) && !infers, one.written(CAROUSEL_F32, 2));
  require_ok("lstm_persistent_forward",
             infers
                 ? carousel_lstm_persistent_infer(stream(), one.format, call.packing, units, one.inputs, call.layout,
                                                  inputs.weight.view(), weight.view(), inputs.x.view(),
                                                  bias.pointer<float>(), h.view(), c.view(), output.view(),
                                                  call.workspace)
                 : carousel_lstm_persistent_forward(stream(), one.format, call.packing, units, call.layout,
                                                    weight.view(), gates.view(), bias.pointer<float>(), h.view(),
                                                    c.view(), c_prev.view(), h_prev.view(), output.view(),
                                                    cell.view(), call.workspace));
  one.each_row(false, [&](int row, int n) {
    std::vector<double> out(units);
    for (int j = 0; j < units; j++) {
      double z[4];
      for (int k = 0; k < 4; k++) {
        z[k] = gates.at(row, k * units + j) + bias.at(0, k * units + j) + inputs.product(row, k * units + j) +
               recurrent(one, h, n, weight, k * units + j);
      }
      double old = c.at(n, j);
      double i = sigmoid(z[0]), f = sigmoid(z[1]), g = std::tanh(z[2]), o = sigmoid(z[3]);
      double state = f * old + i * g;
      out[j] = o * std::tanh(state);
      c_prev.set(row, j, old);
      h_prev.set(row, j, h.at(n, j));
      c.set(n, j, state);
      cell.set(row, j, state);
      output.set(row, j, out[j]);
      gates.set(row, j, i);
      gates.set(row, units + j, f);
      gates.set(row, 2 * units + j, g);
      gates.set(row, 3 * units + j, o);
    }
    for (int j = 0; j < units; j++) {
      h.set(n, j, rounded(one.type, out[j]));
    }
  });
  gates.compare("gates", one.scale());
  h.compare("h", one.scale());
  c.compare("c", one.scale());
  c_prev.compare("c_prev", one.scale());
  h_prev.compare("h_prev", one.scale());
  output.compare("output", one.scale());
  cell.compare("cell", one.scale());
  weight.compare("weight", 0, 0);
}

void lstm_backward(const Sequence &one) {
  int units = one.units();
  Call call(one, true);
  Matrix weight = one.weights(0);
  Matrix gates = one.packed(one.type, 4, 1);
  Matrix c_prev = one.packed(CAROUSEL_F32, 1, 2);
  Matrix d_output = if_given(one.has(0), one.packed(CAROUSEL_F32, 1, 3));
  Matrix dh = one.states(CAROUSEL_F32, 4);
  Matrix dc = one.states(CAROUSEL_F32, 5);
  Matrix dh_all = if_given(one.has(1), one.written(CAROUSEL_F32, 0));
  require_ok("lstm_persistent_backward",
             carousel_lstm_persistent_backward(stream(), one.format, call.packing, units, call.layout, weight.view(),
                                               gates.view(), c_prev.view(), d_output.view(), dh.view(), dc.view(),
                                               dh_all.view(), call.workspace));
  one.each_row(true, [&](int row, int n) {
    for (int j = 0; j < units; j++) {
      double i = gates.at(row, j), f = gates.at(row, units + j), g = gates.at(row, 2 * units + j),
             o = gates.at(row, 3 * units + j);
      double d_h = dh.at(n, j) + d_output.at(row, j);
      double out = std::tanh(f * c_prev.at(row, j) + i * g);
      double d_cell = dc.at(n, j) + d_h * o * (1 - out * out);
      dh_all.set(row, j, d_h);
      gates.set(row, j, rounded(one.type, d_cell * g * i * (1 - i)));
      gates.set(row, units + j, rounded(one.type, d_cell * c_prev.at(row, j) * f * (1 - f)));
      gates.set(row, 2 * units + j, rounded(one.type, d_cell * i * (1 - g * g)));
      gates.set(row, 3 * units + j, rounded(one.type, d_h * out * o * (1 - o)));
      dc.set(n, j, d_cell * f);
    }
    for (int j = 0; j < units; j++) {
      dh.set(n, j, back(one, gates, row, weight, j));
    }
  });
  gates.compare("gates", 4 * one.scale());
  dh.compare("dh", 4 * one.scale());
  dc.compare("dc", 4 * one.scale());
  dh_all.compare("dh_all", 4 * one.scale());
  c_prev.compare("c_prev", 0, 0);
  d_output.compare("d_output", 0, 0);
  weight.compare("weight", 0, 0);
}

void gru_forward(const Sequence &one) {
  int units = one.units();
  Call call(one, false);
  Matrix weight = one.weights(0);
  GivenInputs inputs(one);
  bool infers = one.inputs > 0;
  Matrix x_gates = if_given(!infers, one.packed(one.type, 3, 1, 2));
  Matrix h_gates = if_given(!infers, one.packed(one.type, 3, 2));
  Matrix bias = if_given(one.has(0), Matrix::random(CAROUSEL_F32, 1, 4 * units, one.layout(2)));
  Matrix h = one.states(CAROUSEL_F32, 3);
  Matrix h_prev = if_given(one.has(1) && !infers, one.written(one.type, 4));
  Matrix output = one.written(CAROUSEL_F32, 5);
  require_ok("gru_persistent_forward",
             infers
                 ? carousel_gru_persistent_infer(stream(), one.format, call.packing, units, one.inputs, call.layout,
                                                 inputs.weight.view(), weight.view(), inputs.x.view(),
                                                 bias.pointer<float>(), h.view(), output.view(), call.workspace)
                 : carousel_gru_persistent_forward(stream(), one.format, call.packing, units, call.layout,
                                                   weight.view(), x_gates.view(), h_gates.view(),
                                                   bias.pointer<float>(), h.view(), h_prev.view(), output.view(),
                                                   call.workspace));
  one.each_row(false, [&](int row, int n) {
    std::vector<double> out(units);
    for (int j = 0; j < units; j++) {
      double u[3];
      for (int k = 0; k < 3; k++) {
        u[k] = recurrent(one, h, n, weight, k * units + j);
      }
      double x[3];
      for (int k = 0; k < 3; k++) {
        x[k] = x_gates.at(row, k * units + j) + bias.at(0, k * units + j) + inputs.product(row, k * units + j);
      }
      double r = sigmoid(x[0] + u[0]);
      double z = sigmoid(x[1] + u[1]);
      double u_n = u[2] + bias.at(0, 3 * units + j);
      double candidate = std::tanh(x[2] + r * u_n);
      h_prev.set(row, j, h.at(n, j));
      out[j] = (1 - z) * candidate + z * h.at(n, j);
      output.set(row, j, out[j]);
      x_gates.set(row, j, r);
      x_gates.set(row, units + j, z);
      x_gates.set(row, 2 * units + j, candidate);
      h_gates.set(row, 2 * units + j, u_n);
    }
    for (int j = 0; j < units; j++) {
      h.set(n, j, out[j]);
    }
  });
  x_gates.compare("x_gates", one.scale());
  h_gates.compare("h_gates", 2 * one.scale());
  h.compare("h", one.scale());
  h_prev.compare("h_prev", one.scale());
  output.compare("output", one.scale());
  weight.compare("weight", 0, 0);
}

void gru_backward(const Sequence &one) {
  int units = one.units();
  Call call(one, true);
  Matrix weight = one.weights(0);
  Matrix x_gates = one.packed(one.type, 3, 1);
  Matrix h_gates = one.packed(one.type, 3, 2);
  Matrix h_prev = one.packed(one.type, 1, 3);
  Matrix d_output = if_given(one.has(0), one.packed(CAROUSEL_F32, 1, 4));
  Matrix dh = one.states(CAROUSEL_F32, 5);
  Matrix dh_all = if_given(one.has(1), one.written(CAROUSEL_F32, 0));
  require_ok("gru_persistent_backward",
             carousel_gru_persistent_backward(stream(), one.format, call.packing, units, call.layout, weight.view(),
                                              x_gates.view(), h_gates.view(), h_prev.view(), d_output.view(),
                                              dh.view(), dh_all.view(), call.workspace));
  one.each_row(true, [&](int row, int n) {
    for (int j = 0; j < units; j++) {
      double r = x_gates.at(row, j), z = x_gates.at(row, units + j), candidate = x_gates.at(row, 2 * units + j);
      double d_h = dh.at(n, j) + d_output.at(row, j);
      double d_n = d_h * (1 - z) * (1 - candidate * candidate);
      double d_z = d_h * (h_prev.at(row, j) - candidate) * z * (1 - z);
      double d_r = d_n * h_gates.at(row, 2 * units + j) * r * (1 - r);
      dh_all.set(row, j, d_h);
      x_gates.set(row, j, rounded(one.type, d_r));
      x_gates.set(row, units + j, rounded(one.type, d_z));
      x_gates.set(row, 2 * units + j, rounded(one.type, d_n));
      h_gates.set(row, j, rounded(one.type, d_r));
      h_gates.set(row, units + j, rounded(one.type, d_z));
      h_gates.set(row, 2 * units + j, rounded(one.type, d_n * r));
      dh.set(n, j, d_h * z);
    }
    std::vector<double> product(units);
    for (int j = 0; j < units; j++) {
      product[j] = back(one, h_gates, row, weight, j);
    }
    for (int j = 0; j < units; j++) {
      dh.set(n, j, dh.at(n, j) + product[j]);
    }
  });
  x_gates.compare("x_gates", 4 * one.scale());
  h_gates.compare("h_gates", 4 * one.scale());
  dh.compare("dh", 4 * one.scale());
  dh_all.compare("dh_all", 4 * one.scale());
  h_prev.compare("h_prev", 0, 0);
  d_output.compare("d_output", 0, 0);
  weight.compare("weight", 0, 0);
}

void rnn_forward(const Sequence &one) {
  int units = one.units();
  carousel_activation f = one.has(2) ? TANH : RELU;
  Call call(one, false);
  Matrix weight = one.weights(0);
  GivenInputs inputs(one);
  bool infers = one.inputs > 0;
  Matrix gates = if_given(!infers, one.packed(one.type, 1, 1, 2));
  Matrix bias = if_given(one.has(0), Matrix::random(CAROUSEL_F32, 1, units, one.layout(2)));
  Matrix h = one.states(one.type, 3);
  Matrix h_prev = if_given(one.has(1) && !infers, one.written(one.type, 4));
  Matrix output = one.written(CAROUSEL_F32, 5);
  require_ok("rnn_persistent_forward",
             infers
                 ? carousel_rnn_persistent_infer(stream(), one.format, f, call.packing, units, one.inputs,
                                                 call.layout, inputs.weight.view(), weight.view(), inputs.x.view(),
                                                 bias.pointer<float>(), h.view(), output.view(), call.workspace)
                 : carousel_rnn_persistent_forward(stream(), one.format, f, call.packing, units, call.layout,
                                                   weight.view(), gates.view(), bias.pointer<float>(), h.view(),
                                                   h_prev.view(), output.view(), call.workspace));
  one.each_row(false, [&](int row, int n) {
    std::vector<double> out(units);
    for (int j = 0; j < units; j++) {
      double sum = gates.at(row, j) + bias.at(0, j) + inputs.product(row, j) + recurrent(one, h, n, weight, j);
      out[j] = value(f, sum);
    }
    for (int j = 0; j < units; j++) {
      h_prev.set(row, j, h.at(n, j));
      gates.set(row, j, out[j]);
      output.set(row, j, out[j]);
      h.set(n, j, rounded(one.type, out[j]));
    }
  });
  gates.compare("gates", 8 * one.scale());
  h.compare("h", 8 * one.scale());
  h_prev.compare("h_prev", 8 * one.scale());
  output.compare("output", 8 * one.scale());
  weight.compare("weight", 0, 0);
}

void rnn_backward(const Sequence &one) {
  int units = one.units();
  carousel_activation f = one.has(2) ? TANH : RELU;
  Call call(one, true);
  Matrix weight = one.weights(0);
  Matrix gates = one.packed(one.type, 1, 1);
  Matrix d_output = if_given(one.has(0), one.packed(CAROUSEL_F32, 1, 2));
  Matrix dh = one.states(CAROUSEL_F32, 3);
  Matrix dh_all = if_given(one.has(1), one.written(CAROUSEL_F32, 4));
  require_ok("rnn_persistent_backward",
             carousel_rnn_persistent_backward(stream(), one.format, f, call.packing, units, call.layout, weight.view(),
                                              gates.view(), d_output.view(), dh.view(), dh_all.view(),
                                              call.workspace));
  one.each_row(true, [&](int row, int n) {
    for (int j = 0; j < units; j++) {
      double d_h = dh.at(n, j) + d_output.at(row, j);
      dh_all.set(row, j, d_h);
      gates.set(row, j, rounded(one.type, slope(f, gates.at(row, j), one.type) * d_h));
    }
    for (int j = 0; j < units; j++) {
      dh.set(n, j, back(one, gates, row, weight, j));
    }
  });
  gates.compare("gates", 4 * one.scale());
  dh.compare("dh", 4 * one.scale());
  dh_all.compare("dh_all", 4 * one.scale());
  d_output.compare("d_output", 0, 0);
  weight.compare("weight", 0, 0);
}

template <class Check>
void each_sequence(const char *kernel, carousel_cell cell, bool backward, Check check) {
  report.begin(kernel);
  auto one_case = [&](bool clusters, carousel_type format, const Batch &batch, bool reverse) {
    Sequence one(clusters, cell, format, batch, reverse, report.number());
    report.new_case(one.text());
    check(one);
    return Call(one, backward).layout;
  };
  for (carousel_type format : {CAROUSEL_F32, CAROUSEL_TF32, CAROUSEL_BF16, CAROUSEL_F16}) {
    for (const Batch &batch : BATCHES) {
      for (bool reverse : {false, true}) {
        one_case(false, format, batch, reverse);
        bool blocks_are_few = backward && batch.multiprocessors != 0 && batch.multiprocessors <= 2;
        if (has_clusters() && one_case(true, format, batch, reverse).clusters == 0 && !blocks_are_few) {
          report.fail("this case was to run in clusters");
        }
      }
    }
  }
  carousel_persistent_layout layout = one_case(false, CAROUSEL_TF32, many_rows(), report.number() % 2 != 0);
  if (cell != CAROUSEL_RNN && layout.chunk_rows >= layout.group_rows) {
    report.fail("all rows fit: this case was to have more");
  }
  if (has_clusters()) {
    layout = one_case(true, backward ? CAROUSEL_BF16 : CAROUSEL_TF32, many_rows(), report.number() % 2 != 0);
    if (layout.clusters == 0 || layout.group_rows * layout.block_units <= 2 * 256) {
      report.fail("this case was to run in clusters with several units for each thread");
    }
    if (cell == CAROUSEL_LSTM && layout.groups * layout.blocks <= layout.multiprocessors) {
      report.fail("all clusters fit: this case was to have more");
    }
  }
}

/* Inputs fewer and more than units, whole packs and not. */
template <class Check>
void each_inference(const char *kernel, carousel_cell cell, Check check) {
  report.begin(kernel);
  for (carousel_type format : {CAROUSEL_F32, CAROUSEL_TF32, CAROUSEL_BF16}) {
    for (const Batch &batch : BATCHES) {
      for (bool clusters : {false, true}) {
        int inputs[] = {3, 40, 72};
        Sequence one(clusters, cell, format, batch, report.number() % 2 != 0, report.number());
        one.inputs = inputs[report.number() % 3];
        carousel_persistent_layout layout;
        if (carousel_persistent_layout_of(cell, format, one.units(), one.inputs, one.sequences(), 0,
                                          batch.multiprocessors, clusters, &layout) == CAROUSEL_UNSUPPORTED) {
          continue; // where so many inputs do not fit beside the states
        }
        report.new_case(one.text() + " I " + std::to_string(one.inputs));
        check(one);
      }
    }
  }
}

/* Units whose weights the registers of sixteen blocks hold. */
int most_in_clusters(carousel_cell cell, carousel_type format) {
  bool sixteen = format == CAROUSEL_BF16 || format == CAROUSEL_F16;
  return (sixteen ? 512 : 256) * (cell == CAROUSEL_RNN ? 2 : 1);
}

/* A GPU as large as an H100 takes all stacks that the plan is for; a small part of it, too, has clusters. */
void check_layouts() {
  report.begin("carousel_persistent_layout_of");
  Sequence part(true, CAROUSEL_LSTM, CAROUSEL_TF32, many_rows(), false, report.number());
  report.new_case(part.text());
  if (Call(part, false).layout.clusters == 0) {
    report.fail("no clusters");
  }
  for (carousel_type format : {CAROUSEL_F32, CAROUSEL_TF32, CAROUSEL_BF16, CAROUSEL_F16}) {
    for (carousel_cell cell : {CAROUSEL_RNN, CAROUSEL_LSTM, CAROUSEL_GRU}) {
      for (int units : {64, 128, 256, 384, 512, 640, 768, 1024}) {
        for (int batch : {1, 8, 16, 17, 64, 128}) {
          for (int backward : {0, 1}) {
            for (int clusters : {0, 1}) {
              report.new_case("format " + std::to_string(format) + " cell " + std::to_string(cell) + " H " +
                              std::to_string(units) + " N " + std::to_string(batch) + (backward ? " backward" : "") +
                              (clusters ? " in clusters" : ""));
              carousel_persistent_layout layout;
              if (carousel_persistent_layout_of(cell, format, units, 0, batch, backward, 0, clusters, &layout) !=
                  CAROUSEL_OK) {
                report.fail("has no layout");
              }
              if (clusters != 0 && units <= most_in_clusters(cell, format) && layout.clusters == 0) {
                report.fail("is not in clusters");
              }
            }
          }
        }
      }
    }
  }
}

/* A layout of another pass would write beyond what this one has. */
void refuses_other_layouts() {
  report.begin("carousel_rnn_persistent_backward, other layouts");
  using Layout = carousel_persistent_layout;
  int32_t Layout::*numbers[] = {&Layout::block_units, &Layout::blocks, &Layout::groups,
                                &Layout::group_rows,  &Layout::chunk_rows, &Layout::splits,
                                &Layout::depth,       &Layout::shared_bytes};
  for (bool clusters : {false, has_clusters()}) {
    Sequence one(clusters, CAROUSEL_RNN, CAROUSEL_BF16, BATCHES[4], false, report.number());
    Call call(one, true);
    Matrix weight = one.weights(0), gates = one.packed(one.type, 1, 1), dh = one.states(CAROUSEL_F32, 3);
    Matrix none;
    auto refused = [&](const char *what, const Layout &layout) {
      report.new_case(one.text() + ": " + what);
      if (carousel_rnn_persistent_backward(stream(), one.format, TANH, call.packing, one.units(), layout,
                                           weight.view(), gates.view(), none.view(), dh.view(), none.view(),
                                           call.workspace) != CAROUSEL_INVALID_ARGUMENT) {
        report.fail("was not refused");
      }
    };
    for (auto number : numbers) {
      for (int32_t other : {0, call.layout.*number + 1, 2 * call.layout.*number}) {
        Layout layout = call.layout;
        layout.*number = other;
        refused("another number", layout);
      }
    }
    Layout layout = call.layout;
    layout.clusters = layout.clusters == 0 ? 1 : 0;
    refused("the other way of exchange", layout);
    layout = call.layout;
    layout.workspace_bytes -= 4;
    refused("a smaller workspace", layout);
    Sequence longer = one;
    longer.batch.lengths.insert(longer.batch.lengths.begin(), 40, 3);
    refused("of more sequences", Call(longer, true).layout);
  }
}

}  // namespace

void check_persistent() {
  if (has_multiprocessors(132)) {
    check_layouts();
  }
  has_multiprocessors(0);
  each_sequence("carousel_lstm_persistent_forward", CAROUSEL_LSTM, false, lstm_forward);
  each_inference("carousel_lstm_persistent_infer", CAROUSEL_LSTM, lstm_forward);
  each_inference("carousel_gru_persistent_infer", CAROUSEL_GRU, gru_forward);
  each_inference("carousel_rnn_persistent_infer", CAROUSEL_RNN, rnn_forward);
  each_sequence("carousel_lstm_persistent_backward", CAROUSEL_LSTM, true, lstm_backward);
  each_sequence("carousel_gru_persistent_forward", CAROUSEL_GRU, false, gru_forward);
  each_sequence("carousel_gru_persistent_backward", CAROUSEL_GRU, true, gru_backward);
  each_sequence("carousel_rnn_persistent_forward", CAROUSEL_RNN, false, rnn_forward);
  each_sequence("carousel_rnn_persistent_backward", CAROUSEL_RNN, true, rnn_backward);
  refuses_other_layouts();
}

}  // namespace check
