// Weights into panels, and their gradients out of them.
#pragma once

#include <cstring>

#include "run.hpp"

namespace ISA {

// A matrix of PyTorch's layout, [G·H, columns].
struct Weights {
  const float *data;
  int64_t stride;
};

// Calls row(v, lane, pytorch_row) for every unit of a panel and each of the vectors that a product adds to.
template <typename Visit> INLINE void each_row(const Run &run, int64_t panel, const int *gate_of, int first, int count, Visit visit) {
  const Layout &layout = run.layout();
  for (int v = first; v < first + count; v++) {
    const int64_t unit = panel * layout.units + layout.unit_of(v);
    const int64_t live = std::min<int64_t>(V, run.units - unit);
    for (int64_t lane = 0; lane < live; lane++) {
      visit(v, lane, gate_of[v] * run.units + unit + lane);
    }
  }
}

inline void pack_bias(const Run &run, const float *b_ih, const float *b_hh, int64_t panel) {
  const Layout &layout = run.layout();
  float *bias = run.bias(panel);
  std::memset(bias, 0, PANEL * sizeof(float));
  auto add = [&](const float *b) { return [=](int v, int64_t lane, int64_t row) { bias[v * V + lane] += b[row]; }; };
  if (b_ih) {
    each_row(run, panel, layout.x_gate, layout.x_first, layout.x_count, add(b_ih));
  }
  if (b_hh) {
    each_row(run, panel, layout.h_gate, layout.h_first, layout.h_count, add(b_hh));
  }
}

// One panel [k][count·V] from [G·H, k]: 16 columns at a time, which is a line of the cache.
inline void pack_forward(const Run &run, const Weights &w, int64_t k, const int *gate_of, int first, int count, int64_t panel,
                         float *to) {
  const int64_t width = count * V;
  std::memset(to, 0, k * width * sizeof(float));
  for (int64_t from = 0; from < k; from += 16) {
    const int64_t n = std::min<int64_t>(16, k - from);
    each_row(run, panel, gate_of, first, count, [&](int v, int64_t lane, int64_t row) {
      const float *source = w.data + row * w.stride + from;
      float *target = to + from * width + (v - first) * V + lane;
      for (int64_t i = 0; i < n; i++) {
        target[i * width] = source[i];
      }
    });
  }
}

// The rows of one panel in every panel of columns: [columns/PANEL][P·count·V][up to PANEL] from [G·H, columns].
inline void pack_backward(const Run &run, const Weights &w, int64_t columns, const int *gate_of, int first, int count,
                          int64_t panel, float *to) {
  const int64_t height = count * V;
  for (int64_t c = 0; c < Run::column_panels(columns); c++) {
    const int64_t width = Run::vectors(columns, c) * V;
    const int64_t live = std::min(PANEL, columns - c * PANEL);
    float *block = to + panel * height * width;
    std::memset(block, 0, height * width * sizeof(float));
    each_row(run, panel, gate_of, first, count, [&](int v, int64_t lane, int64_t row) {
      std::memcpy(block + ((v - first) * V + lane) * width, w.data + row * w.stride + c * PANEL, live * sizeof(float));
    });
    to += run.panels() * height * width;
  }
}

// Few columns: one after the other, [columns][P·count·V].
inline void pack_narrow(const Run &run, const Weights &w, int64_t columns, const int *gate_of, int first, int count,
                        int64_t panel, float *to) {
  const int64_t height = count * V;
  for (int64_t c = 0; c < columns; c++) {
    float *block = to + (c * run.panels() + panel) * height;
    std::memset(block, 0, height * sizeof(float));
    each_row(run, panel, gate_of, first, count,
             [&](int v, int64_t lane, int64_t row) { block[(v - first) * V + lane] = w.data[row * w.stride + c]; });
  }
}

inline void pack(const Run &run, const Weights &w_ih, const Weights &w_hh, const float *b_ih, const float *b_hh, int64_t panel,
                 int64_t panel_end) {
  const Layout &l = run.layout();
  for (int64_t p = panel; p < panel_end; p++) {
    pack_bias(run, b_ih, b_hh, p);
    pack_forward(run, w_ih, run.inputs, l.x_gate, l.x_first, l.x_count, p, run.forward_x(p));
    pack_forward(run, w_hh, run.units, l.h_gate, l.h_first, l.h_count, p, run.forward_h(p));
    if (run.training) {
      pack_backward(run, w_hh, run.units, l.h_gate, l.h_first, l.h_count, p, run.backward_h(0));
      (run.is_narrow() ? pack_narrow : pack_backward)(run, w_ih, run.inputs, l.x_gate, l.x_first, l.x_count, p,
                                                      run.backward_x(0));
    }
  }
}

// What stays in the second-level cache while weight gradients are summed: for so many rows, one panel of gradients, and the
// inputs (or states) of so many tiles.
constexpr int64_t GROUP = 16;
constexpr int64_t DEPTH = 512;

// A tile of a weight gradient, transposed: up to TILE_ROWS inputs (or units, or the biases' 1) by one panel.
class GradientTile {
public:
  GradientTile(const Run &r, int64_t index) : run(r), layout(r.layout()), index(index) {
    const int64_t group = index / (GROUP * run.panels());
    const int64_t in_group = std::min(GROUP, run.panel_tiles() - group * GROUP);
    panel = index % (GROUP * run.panels()) / in_group;
    tiles_of_panel = in_group;
    tile_of_panel = index % (GROUP * run.panels()) % in_group;
    next_panel = panel + 1 < run.panels();
    const int64_t i = group * GROUP + tile_of_panel;
    if (i < run.x_tiles()) {
      of_columns(Tiles(run.inputs), i, run.x, run.x_stride, run.d_weight_ih, run.d_weight_ih_stride, true);
    } else if (i < run.x_tiles() + run.h_tiles()) {
      of_columns(Tiles(run.units), i - run.x_tiles(), run.h_at(0), run.state_stride(), run.d_weight_hh,
                 run.d_weight_hh_stride, false);
    } else {
      static const float one = 1;
      source = &one;
      first = 0;
      vectors = 4;
    }
  }

  // Adds the terms of packed rows [from, to).
  void add(int64_t from, int64_t to) const {
    float *sum = sums();
    Terms terms = {source + from * source_stride, 1, source_stride, run.gates_at(panel, from) + first * V, PANEL, to - from};
    if (next_panel) {
      terms.ask_for(run.gates_at(panel + 1, from), terms.count * PANEL, tile_of_panel, tiles_of_panel);
    }
    multiply_of(rows, vectors)(sum + first * V, from == 0 ? ZERO : Initial{sum + first * V, PANEL}, terms);
  }

  // Adds the sums to the gradients.
  void deliver() const {
    const float *sum = sums();
    if (target) {
      each_row(run, panel, by_input ? layout.x_gate : layout.h_gate, first, vectors,
               [&](int v, int64_t lane, int64_t row) {
                 float *to = target + row * target_stride + column;
                 for (int64_t r = 0; r < rows; r++) {
                   to[r] += sum[r * PANEL + v * V + lane];
                 }
               });
    } else {
      deliver_bias(run.d_bias_ih, layout.x_gate, layout.x_first, layout.x_count);
      deliver_bias(run.d_bias_hh, layout.h_gate, layout.h_first, layout.h_count);
    }
  }

private:
  const Run &run;
  const Layout &layout;
  const int64_t index;
  int64_t panel, tile_of_panel, tiles_of_panel;
  bool next_panel;
  const float *source;
  int64_t source_stride = 0;
  int64_t rows = 1, column = 0;
  int first, vectors;
  bool by_input = false;
  float *target = nullptr;
  int64_t target_stride = 0;

  float *sums() const { return run.sums + index * TILE_ROWS * PANEL; }

  void of_columns(const Tiles &tiles, int64_t i, const float *from, int64_t stride, float *to, int64_t to_stride, bool input) {
    column = tiles.start(i);
    rows = tiles.start(i + 1) - column;
    source = from + column;
    source_stride = stride;
    target = to;
    target_stride = to_stride;
    by_input = input;
    first = input ? layout.x_first : layout.h_first;
    vectors = input ? layout.x_count : layout.h_count;
  }

  void deliver_bias(float *to, const int *gate_of, int first_vector, int count) const {
    if (to) {
      const float *sum = sums();
      each_row(run, panel, gate_of, first_vector, count,
               [&](int v, int64_t lane, int64_t row) { to[row] += sum[v * V + lane]; });
    }
  }
};

inline void weight_gradients(const Run &run, int64_t tile, int64_t tile_end) {
  for (int64_t from = 0; from < run.rows; from += DEPTH) {
    for (int64_t t = tile; t < tile_end; t++) {
      GradientTile(run, t).add(from, std::min(run.rows, from + DEPTH));
    }
  }
  for (int64_t t = tile; t < tile_end && run.rows; t++) {
    GradientTile(run, t).deliver();
  }
}

} // namespace ISA
