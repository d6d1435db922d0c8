// Forward through time.
#pragma once

#include <cstring>

#include "cells.hpp"

namespace ISA {

// Sorted rows [row, row_end) of what starts at a place: nobody forward but at the first, in reverse the rows that are new.
struct Starting {
  int64_t from, to;
  Starting(const Run &run, int64_t place, int64_t row, int64_t row_end)
      : from(std::max(row, run.rows_at(place - 1))), to(std::min(row_end, run.rows_at(place))) {}
};

INLINE void copy_state(float *to, const float *from, int64_t n, int64_t padded) {
  if (from) {
    std::memcpy(to, from, n * sizeof(float));
    std::memset(to + n, 0, (padded - n) * sizeof(float));
  } else {
    std::memset(to, 0, padded * sizeof(float));
  }
}

INLINE void pass_through(float *to, const float *from, int64_t n) {
  if (to != from) {
    copy_state(to, from, n, n);
  }
}

inline void start(const Run &run, int64_t row, int64_t row_end) {
  const int64_t units = run.units;
  auto h0 = [&](int64_t sorted) { return run.state_of(run.h0, run.h0_stride, sorted); };
  auto c0 = [&](int64_t sorted) { return run.state_of(run.c0, run.c0_stride, sorted); };
  int64_t longest = 0;
  for (int64_t place = 0; place < run.steps; place++) {
    Starting starting(run, place, row, row_end);
    for (int64_t i = starting.from; i < starting.to; i++) {
      int64_t at = run.state_row(place) + i;
      copy_state(run.h_at(at), h0(i), units, run.state_stride());
      if (run.has_cell_state()) {
        copy_state(run.c_at(at), c0(i), units, run.state_stride());
      }
    }
    longest = std::max(longest, run.rows_at(place));
  }
  for (int64_t i = std::max(row, longest); i < row_end; i++) { // length 0: the state passes through
    pass_through(run.state_of(run.hn, run.hn_stride, i), h0(i), units);
    if (run.has_cell_state()) {
      pass_through(run.state_of(run.cn, run.cn_stride, i), c0(i), units);
    }
  }
}

// Asks for lines that will be written when a product is done.
INLINE void prefetch(const float *p, int64_t n) {
  for (int64_t i = 0; i < n; i += 16) {
    __builtin_prefetch(p + i, 1);
  }
}

// A tile of consecutive rows of one place and panel.
class ForwardTile {
public:
  ForwardTile(const Run &r, int64_t place, int64_t panel)
      : run(r), layout(r.layout()), place(place), panel(panel), next(r.rows_at(place + 1)) {}

  Terms of_input(int64_t row) const {
    int64_t at = run.offset_at(place) + row;
    return {run.x + at * run.x_stride, run.x_stride, 1, run.forward_x(panel), run.x_width(), run.inputs};
  }

  Terms of_state(int64_t row) const {
    int64_t at = run.state_row(place) + row;
    return {run.h_at(at), run.state_stride(), 1, run.forward_h(panel), run.h_width(), run.units};
  }

  // x·W_ih + b, for a step that follows.
  void input_product(int64_t row, int64_t rows) {
    float *tile = run.gates_at(panel, run.gate_row(place) + row);
    add(tile, {run.bias(panel), 0}, rows, of_input(row), layout.x_first, layout.x_count);
  }

  // Tile i of n of this panel and place; `after` is the panel that comes next.
  void step(int64_t row, int64_t rows, bool with_input, int64_t after, int64_t i, int64_t n) {
    float *kept = run.gate_rows() ? run.gates_at(panel, run.gate_row(place) + row) : sums;
    if (run.training) {
      prefetch(kept, rows * PANEL);
    }
    if (with_input) {
      multiply_step_of(rows, run.cell == CAROUSEL_CPU_GRU)(sums, {run.bias(panel), 0}, of_input(row), of_state(row));
    } else {
      Terms states = of_state(row);
      states.ask_for(run.forward_h(after), run.units * run.h_width(), i, n);
      add(sums, {kept, PANEL}, rows, states, layout.h_first, layout.h_count);
    }
    const int64_t go_on = std::max<int64_t>(0, std::min(rows, next - row));
    switch (run.cell) {
    case CAROUSEL_CPU_LSTM:
      return cells(kept, row, rows, go_on, lstm_forward);
    case CAROUSEL_CPU_GRU:
      return cells(kept, row, rows, go_on, gru_forward);
    default:
      return cells(kept, row, rows, go_on, [&](const ForwardRow &r) { rnn_forward(run.activation, r); });
    }
  }

private:
  const Run &run;
  const Layout &layout;
  const int64_t place, panel, next;
  alignas(64) float sums[TILE_ROWS * PANEL];

  // The terms go to `count` vectors from `first` on; the others keep their initial values.
  static void add(float *tile, const Initial &initial, int64_t rows, const Terms &terms, int first, int count) {
    multiply_of(rows, count)(tile + first * V, {initial.from + first * V, initial.row}, terms);
    for (int v = 0; v < 4; v++) {
      if (v < first || v >= first + count) {
        for (int64_t r = 0; r < rows; r++) {
          store(tile + r * PANEL + v * V, load(initial.from + r * initial.row + v * V));
        }
      }
    }
  }

  // The first `go_on` rows have a step after this one, for the others it was the last.
  template <typename Cell> INLINE void cells(float *kept, int64_t row, int64_t rows, int64_t go_on, Cell cell) const {
    const int64_t unit = panel * layout.units, stride = run.state_stride();
    const bool c = run.has_cell_state();
    const float *h_before = run.h_at(run.state_row(place) + row) + unit;
    const float *c_before = c ? run.c_at(run.state_row(place) + row) + unit : h_before;
    float *output = run.output + (run.offset_at(place) + row) * run.output_stride + unit;
    float *h_after = go_on ? run.h_at(run.state_row(place + 1) + row) + unit : nullptr;
    float *c_after = go_on && c ? run.c_at(run.state_row(place + 1) + row) + unit : nullptr;
    const int64_t live = run.live(panel);
    for (int64_t r = 0; r < go_on; r++) {
      cell(ForwardRow{sums + r * PANEL, kept + r * PANEL, h_before + r * stride, c_before + r * stride, output + r * run.output_stride, live,
                      h_after + r * stride, c_after + r * stride, layout.units});
    }
    for (int64_t r = go_on; r < rows; r++) {
      float *hn = run.state_of(run.hn, run.hn_stride, row + r) + unit;
      float *cn = c ? run.state_of(run.cn, run.cn_stride, row + r) + unit : nullptr;
      cell(ForwardRow{sums + r * PANEL, kept + r * PANEL, h_before + r * stride, c_before + r * stride, output + r * run.output_stride, live, hn,
                      cn, live});
    }
  }
};

// x·W_ih + b of a chunk of places, panel by panel.
inline void input_products(const Run &run, int64_t first, int64_t row, int64_t row_end, int64_t panel, int64_t panel_end) {
  int64_t end = std::min(run.steps, first + run.chunk());
  for (int64_t p = panel; p < panel_end; p++) {
    for (int64_t place = first; place < end; place++) {
      int64_t rows = std::min(row_end, run.rows_at(place)) - row;
      if (rows > 0) {
        ForwardTile tile(run, place, p);
        Tiles tiles(rows);
        for (int64_t i = 0; i < tiles.count; i++) {
          tile.input_product(row + tiles.start(i), tiles.start(i + 1) - tiles.start(i));
        }
      }
    }
  }
}

inline void forward(const Run &run, int64_t place, int64_t place_end, int64_t row, int64_t row_end, int64_t panel,
                    int64_t panel_end) {
  const bool fused = run.fuses_input();
  for (int64_t s = place; s < place_end; s++) {
    if (!fused && s % run.chunk() == 0) {
      input_products(run, s, row, row_end, panel, panel_end);
    }
    int64_t rows = std::min(row_end, run.rows_at(s)) - row;
    if (rows <= 0) {
      continue;
    }
    Tiles tiles(rows);
    for (int64_t p = panel; p < panel_end; p++) {
      ForwardTile tile(run, s, p);
      for (int64_t i = 0; i < tiles.count; i++) {
        tile.step(row + tiles.start(i), tiles.start(i + 1) - tiles.start(i), fused, p + 1 < panel_end ? p + 1 : panel, i,
                  tiles.count);
      }
    }
  }
}

} // namespace ISA
