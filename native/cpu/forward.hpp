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

// A tile of consecutive rows of one place and panel.
class ForwardTile {
public:
  ForwardTile(const Run &r, int64_t place, int64_t panel)
      : run(r), layout(r.layout()), place(place), panel(panel), next(r.rows_at(place + 1)) {}

  // Where the sums of a row are: with what is kept, or here.
  float *sums(int64_t row) { return run.gates && run.gate_rows() ? run.gates_at(panel, run.gate_row(place) + row) : local; }

  void set_to_bias(float *tile, int64_t rows) const {
    for (int64_t r = 0; r < rows; r++) {
      std::memcpy(tile + r * PANEL, run.bias(panel), PANEL * sizeof(float));
    }
  }

  Terms of_input(int64_t row) const {
    int64_t at = run.offset_at(place) + row;
    return {run.x + at * run.x_stride, run.x_stride, 1, run.forward_x(panel), run.x_width(), run.inputs};
  }

  Terms of_state(int64_t row) const {
    int64_t at = run.state_row(place) + row;
    return {run.h_at(at), run.state_stride(), 1, run.forward_h(panel), run.h_width(), run.units};
  }

  void input_product(int64_t row, int64_t rows) {
    float *tile = sums(row);
    set_to_bias(tile, rows);
    Terms x = of_input(row);
    multiply_of(rows, layout.x_count)(tile + layout.x_first * V, &x, 1);
  }

  void step(int64_t row, int64_t rows, bool with_input) {
    float *tile = sums(row);
    Terms terms[2] = {of_input(row), of_state(row)};
    if (with_input) {
      set_to_bias(tile, rows);
    }
    Multiply h_product = multiply_of(rows, layout.h_count);
    float *h_sums = tile + layout.h_first * V;
    if (with_input && layout.x_first == layout.h_first) {
      h_product(h_sums, terms, 2);
    } else {
      if (with_input) {
        multiply_of(rows, layout.x_count)(tile + layout.x_first * V, terms, 1);
      }
      h_product(h_sums, terms + 1, 1);
    }
    for (int64_t r = 0; r < rows; r++) {
      cell(tile + r * PANEL, row + r);
    }
  }

private:
  const Run &run;
  const Layout &layout;
  const int64_t place, panel, next;
  alignas(64) float local[TILE_ROWS * PANEL];

  void cell(float *z, int64_t row) const {
    const int64_t unit = panel * layout.units;
    const int64_t before = run.state_row(place) + row;
    ForwardRow r;
    r.z = z;
    r.h = run.h_at(before) + unit;
    r.c = run.has_cell_state() ? run.c_at(before) + unit : nullptr;
    r.live = run.live(panel);
    r.output = run.output + (run.offset_at(place) + row) * run.output_stride + unit;
    if (row < next) {
      int64_t after = run.state_row(place + 1) + row;
      r.next_h = run.h_at(after) + unit;
      r.next_c = run.has_cell_state() ? run.c_at(after) + unit : nullptr;
      r.put = layout.units;
    } else {
      r.next_h = run.state_of(run.hn, run.hn_stride, row) + unit;
      r.next_c = run.has_cell_state() ? run.state_of(run.cn, run.cn_stride, row) + unit : nullptr;
      r.put = r.live;
    }
    switch (run.cell) {
    case CAROUSEL_CPU_LSTM:
      return lstm_forward(run, r);
    case CAROUSEL_CPU_GRU:
      return gru_forward(run, r);
    default:
      return rnn_forward(run, r);
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
        tile.step(row + tiles.start(i), tiles.start(i + 1) - tiles.start(i), fused);
      }
    }
  }
}

} // namespace ISA
