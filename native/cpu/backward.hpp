// Back-propagation through time.
#pragma once

#include "forward.hpp"

namespace ISA {

inline void backward_start(const Run &run, int64_t row, int64_t row_end) {
  for (int64_t i = row; i < row_end; i++) {
    copy_state(run.carry_at(i), run.state_of(run.d_cn, run.d_cn_stride, i), run.units, run.state_stride());
  }
}

constexpr int64_t BLOCK = 96;    // rows whose sums wait until all terms are there
constexpr int64_t TERMS = 1024;  // of a sum before the next row's, so that their weights stay in the cache

// One of the two products with gradients of gates: dG·W_hh or dG·W_ih.
struct GradientFactor {
  int first;           // vector of a panel of gates
  int64_t width;       // floats of a panel that take part
  const float *weights; // of one panel of columns, vectors of it
  int vectors;

  static GradientFactor of_states(const Run &run, int64_t p) {
    return {run.layout().h_first, run.h_width(), run.backward_h(p), Run::vectors(run.units, p)};
  }
  static GradientFactor of_inputs(const Run &run, int64_t p) {
    return {run.layout().x_first, run.x_width(), run.backward_x(p), Run::vectors(run.inputs, p)};
  }
};

// sums [rows][PANEL] += dG·W for rows of the gates from `at` on, at most BLOCK. Calls last(row, rows) before the last terms.
template <typename Last>
INLINE void add_gradients(const Run &run, int64_t at, int64_t rows, const GradientFactor &w, float *sums, Last last) {
  const int64_t panels = run.panels(), some = std::max<int64_t>(1, TERMS / w.width), b_step = w.vectors * V;
  Tiles tiles(rows);
  for (int64_t p = 0; p < panels; p += some) {
    const int64_t count = std::min(some, panels - p), size = count * w.width * b_step;
    const float *b = w.weights + p * w.width * b_step;
    for (int64_t i = 0; i < tiles.count; i++) {
      const int64_t from = tiles.start(i), n = tiles.start(i + 1) - from;
      if (p + some >= panels) {
        last(from, n);
      }
      Terms terms = {run.gates_at(p, at + from) + w.first * V, PANEL, 1, b, b_step, w.width, count, run.gate_rows() * PANEL};
      terms.ask_for(b + size, size, i, tiles.count);
      multiply_of(n, w.vectors)(sums + from * PANEL, {sums + from * PANEL, PANEL}, terms);
    }
  }
}

// Up to BLOCK consecutive rows and PANEL columns of dh.
class BackwardBlock {
public:
  BackwardBlock(const Run &r, int64_t place, int64_t column_panel)
      : run(r), place(place), unit(column_panel * PANEL), factor(GradientFactor::of_states(r, column_panel)),
        vectors(factor.vectors), live(std::min(PANEL, r.units - unit)) {}

  // The gradient that comes from the place after, of rows that are there.
  void product(int64_t after, int64_t row, int64_t rows) {
    clear(rows);
    add_gradients(run, run.gate_row(after) + row, rows, factor, dh, [&](int64_t from, int64_t n) {
      if (after != place) {
        prefetch_cells(row + from, n);
      }
    });
  }

  void clear(int64_t rows) { std::memset(dh, 0, rows * PANEL * sizeof(float)); }

  // Adds what else there is, then runs the cell backward.
  void finish(int64_t row, int64_t rows, bool ends) {
    switch (run.cell) {
    case CAROUSEL_CPU_LSTM:
      return finish_rows(row, rows, ends, false, [&](Vector d, int v, int64_t r, float *carry) {
        lstm_backward(d, gates(v, row + r), run.c_at(before(row + r)) + unit + v * V, carry);
      });
    case CAROUSEL_CPU_GRU:
      return finish_rows(row, rows, ends, !ends, [&](Vector d, int v, int64_t r, float *carry) {
        gru_backward(d, gates(v, row + r), run.h_at(before(row + r)) + unit + v * V, carry);
      });
    default:
      return finish_rows(row, rows, ends, false, [&](Vector d, int v, int64_t r, float *) {
        rnn_backward(run.activation, d, run.gates_at(unit / PANEL, run.gate_row(place) + row + r) + v * V);
      });
    }
  }

  // dh0 of rows that start here.
  void put(int64_t row, int64_t rows) {
    for (int64_t r = 0; r < rows; r++) {
      float *to = run.state_of(run.d_h0, run.d_h0_stride, row + r) + unit;
      const float *by = run.cell == CAROUSEL_CPU_GRU ? run.carry_at(row + r) + unit : nullptr;
      for (int v = 0; v < vectors; v++) {
        Vector sum = load(dh + r * PANEL + v * V);
        store_units(to + v * V, by ? add(sum, load(by + v * V)) : sum, live - v * V);
      }
    }
  }

private:
  const Run &run;
  const int64_t place, unit;
  const GradientFactor factor;
  const int vectors;
  const int64_t live;
  alignas(64) float dh[BLOCK * PANEL];

  // What finish() reads and writes.
  void prefetch_cells(int64_t row, int64_t rows) const {
    if (run.cell == CAROUSEL_CPU_RNN) {
      prefetch(run.gates_at(unit / PANEL, run.gate_row(place) + row), rows * PANEL);
    } else {
      for (int v = 0; v < vectors; v++) {
        prefetch(gates(v, row), rows * PANEL);
      }
    }
  }

  float *gates(int v, int64_t row) const { return run.gates_at(unit / V + v, run.gate_row(place) + row); }
  int64_t before(int64_t row) const { return run.state_row(place) + row; }

  template <typename Cell> INLINE void finish_rows(int64_t row, int64_t rows, bool ends, bool carried, Cell cell) const {
    const float *d_output =
        run.d_output ? run.d_output + (run.offset_at(place) + row) * run.d_output_stride + unit : nullptr;
    for (int64_t r = 0; r < rows; r++) {
      const float *d_hn = ends && run.d_hn ? run.state_of(run.d_hn, run.d_hn_stride, row + r) + unit : nullptr;
      float *carry = run.carry_at(row + r) + unit;
      for (int v = 0; v < vectors; v++) {
        const int64_t n = live - v * V;
        Vector d = load(dh + r * PANEL + v * V);
        if (d_output) {
          d = add(d, load_units(d_output + r * run.d_output_stride + v * V, n));
        }
        if (d_hn) {
          d = add(d, load_units(d_hn + v * V, n));
        }
        if (carried) {
          d = add(d, load(carry + v * V));
        }
        if (run.trace_dh) {
          store_units(run.trace_dh + (row + r) * run.units + unit + v * V, d, n);
        }
        cell(d, v, r, carry + v * V);
      }
    }
  }
};

// Up to PANEL columns of dx = dG·W_ih, for packed rows [row, row_end).
inline void input_gradient_panel(const Run &run, int64_t row, int64_t row_end, int64_t p) {
  alignas(64) float sums[BLOCK * PANEL];
  const GradientFactor factor = GradientFactor::of_inputs(run, p);
  const int64_t live = run.inputs - p * PANEL;
  for (int64_t from = row; from < row_end; from += BLOCK) {
    const int64_t rows = std::min(BLOCK, row_end - from);
    float *to = run.d_x + from * run.d_x_stride + p * PANEL;
    for (int64_t r = 0; r < rows; r++) {
      for (int v = 0; v < factor.vectors; v++) {
        store(sums + r * PANEL + v * V, run.d_x_adds ? load_units(to + r * run.d_x_stride + v * V, live - v * V) : all(0));
      }
    }
    add_gradients(run, from, rows, factor, sums, [](int64_t, int64_t) {});
    for (int64_t r = 0; r < rows; r++) {
      for (int v = 0; v < factor.vectors; v++) {
        store_units(to + r * run.d_x_stride + v * V, load(sums + r * PANEL + v * V), live - v * V);
      }
    }
  }
}

// dx = dG·W_ih of packed rows where there are few inputs: one sum over all gates for each.
inline void narrow_input_gradient(const Run &run, int64_t row, int64_t row_end) {
  const int64_t width = run.x_width(), panels = run.panels(), jump = run.gate_rows() * PANEL;
  for (int64_t r = row; r < row_end; r++) {
    const float *gates = run.gates_at(0, r) + run.layout().x_first * V;
    float *to = run.d_x + r * run.d_x_stride;
    for (int64_t i = 0; i < run.inputs; i++) {
      const float *w = run.backward_x(0) + i * panels * width;
      Vector sums[4] = {all(0), all(0), all(0), all(0)};
      for (int64_t p = 0; p < panels; p++) {
        for (int v = 0; v < run.layout().x_count; v++) {
          sums[v] = fma(load(gates + p * jump + v * V), load(w + p * width + v * V), sums[v]);
        }
      }
      const float sum = total(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
      to[i] = run.d_x_adds ? to[i] + sum : sum;
    }
  }
}

// dx of packed rows: all columns for some of them before the next ones, so that their gates stay in the cache.
inline void input_gradient(const Run &run, int64_t row, int64_t row_end) {
  constexpr int64_t ROWS = 192;
  if (run.is_narrow()) {
    return narrow_input_gradient(run, row, row_end);
  }
  for (int64_t from = row; from < row_end; from += ROWS) {
    for (int64_t p = 0; p < Run::column_panels(run.inputs); p++) {
      input_gradient_panel(run, from, std::min(row_end, from + ROWS), p);
    }
  }
}

// The same for the sorted rows [row, row_end) of a few places that have just run.
inline void input_gradient_of(const Run &run, int64_t place, int64_t place_end, int64_t row, int64_t row_end) {
  for (int64_t p = 0; p < (run.is_narrow() ? 1 : Run::column_panels(run.inputs)); p++) {
    for (int64_t s = place; s < place_end; s++) {
      const int64_t end = std::min(row_end, run.rows_at(s)), at = run.offset_at(s);
      if (end <= row) {
        continue;
      }
      if (run.is_narrow()) {
        narrow_input_gradient(run, at + row, at + end);
      } else {
        input_gradient_panel(run, at + row, at + end, p);
      }
    }
  }
}

inline void backward(const Run &run, int64_t place, int64_t place_end, int64_t row, int64_t row_end, int64_t panel,
                     int64_t panel_end) {
  const bool with_inputs = run.d_x && run.d_x_by_rows;
  const int64_t chunk = run.fuses_input() ? 1 : run.chunk(); // of places
  for (int64_t s = place_end - 1; s >= place; s--) {
    const int64_t end = std::min(row_end, run.rows_at(s));
    // rows that go on at the place after have a gradient from there; the others end here
    const int64_t go_on = std::max(row, std::min(end, run.rows_at(s + 1)));
    for (int64_t p = panel; p < panel_end; p++) {
      BackwardBlock block(run, s, p);
      for (int64_t from = row; from < go_on; from += BLOCK) {
        const int64_t rows = std::min(BLOCK, go_on - from);
        block.product(s + 1, from, rows);
        block.finish(from, rows, false);
      }
      for (int64_t from = go_on; from < end; from += BLOCK) {
        const int64_t rows = std::min(BLOCK, end - from);
        block.clear(rows);
        block.finish(from, rows, true);
      }
    }
    if (with_inputs && s % chunk == 0) {
      input_gradient_of(run, s, std::min(place_end, s + chunk), row, row_end);
    }
  }
}

inline void backward_end(const Run &run, int64_t row, int64_t row_end) {
  if (run.d_h0) {
    int64_t longest = 0;
    for (int64_t place = 0; place < run.steps; place++) {
      Starting starting(run, place, row, row_end);
      for (int64_t p = 0; p < Run::column_panels(run.units) && starting.from < starting.to; p++) {
        BackwardBlock block(run, place, p);
        for (int64_t from = starting.from; from < starting.to; from += BLOCK) {
          const int64_t rows = std::min(BLOCK, starting.to - from);
          block.product(place, from, rows);
          block.put(from, rows);
        }
      }
      longest = std::max(longest, run.rows_at(place));
    }
    for (int64_t i = std::max(row, longest); i < row_end; i++) {
      copy_state(run.state_of(run.d_h0, run.d_h0_stride, i), run.state_of(run.d_hn, run.d_hn_stride, i), run.units, run.units);
    }
  }
  if (run.d_c0) {
    for (int64_t i = row; i < row_end; i++) {
      copy_state(run.state_of(run.d_c0, run.d_c0_stride, i), run.carry_at(i), run.units, run.units);
    }
  }
}

} // namespace ISA
