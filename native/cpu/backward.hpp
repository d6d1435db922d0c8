// Back-propagation through time.
#pragma once

#include "forward.hpp"

namespace ISA {

inline void backward_start(const Run &run, int64_t row, int64_t row_end) {
  for (int64_t i = row; i < row_end; i++) {
    copy_state(run.carry_at(i), run.state_of(run.d_cn, run.d_cn_stride, i), run.units, run.state_stride());
  }
}

// dG·W_hh over all panels: what the gradients of rows at a place give to the states before it.
INLINE Terms of_gradients(const Run &run, int64_t at, int first, int64_t width, const float *w, int vectors) {
  return {run.gates_at(0, at) + first * V, PANEL, 1, w, vectors * V, width, run.panels(), run.gate_rows() * PANEL};
}

// A tile of consecutive rows and up to PANEL columns of dh.
class BackwardTile {
public:
  BackwardTile(const Run &r, int64_t place, int64_t column_panel)
      : run(r), place(place), unit(column_panel * PANEL), vectors(Run::vectors(r.units, column_panel)),
        live(std::min(PANEL, r.units - unit)), weights(r.backward_h(column_panel)) {}

  // The gradient that comes from the place after, of rows that are there.
  void product(int64_t after, int64_t row, int64_t rows) {
    if (after != place) {
      prefetch_cells(row, rows);
    }
    Terms terms = of_gradients(run, run.gate_row(after) + row, run.layout().h_first, run.h_width(), weights, vectors);
    multiply_of(rows, vectors)(dh, ZERO, terms);
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
  const int vectors;
  const int64_t live;
  const float *weights;
  alignas(64) float dh[TILE_ROWS * PANEL];

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
  Tiles tiles(row_end - row);
  alignas(64) float tile[TILE_ROWS * PANEL];
  const int vectors = Run::vectors(run.inputs, p);
  const int64_t live = run.inputs - p * PANEL;
  for (int64_t i = 0; i < tiles.count; i++) {
    const int64_t from = row + tiles.start(i), rows = row + tiles.start(i + 1) - from;
    float *to = run.d_x + from * run.d_x_stride + p * PANEL;
    for (int64_t r = 0; r < rows && run.d_x_adds; r++) {
      for (int v = 0; v < vectors; v++) {
        store(tile + r * PANEL + v * V, load_units(to + r * run.d_x_stride + v * V, live - v * V));
      }
    }
    Terms terms = of_gradients(run, from, run.layout().x_first, run.x_width(), run.backward_x(p), vectors);
    multiply_of(rows, vectors)(tile, run.d_x_adds ? Initial{tile, PANEL} : ZERO, terms);
    for (int64_t r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        store_units(to + r * run.d_x_stride + v * V, load(tile + r * PANEL + v * V), live - v * V);
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
    Tiles with(std::max<int64_t>(0, go_on - row)), ending(std::max<int64_t>(0, end - go_on));
    for (int64_t p = panel; p < panel_end; p++) {
      BackwardTile tile(run, s, p);
      for (int64_t i = 0; i < with.count; i++) {
        int64_t from = row + with.start(i), rows = row + with.start(i + 1) - from;
        tile.product(s + 1, from, rows);
        tile.finish(from, rows, false);
      }
      for (int64_t i = 0; i < ending.count; i++) {
        int64_t from = go_on + ending.start(i), rows = go_on + ending.start(i + 1) - from;
        tile.clear(rows);
        tile.finish(from, rows, true);
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
      Tiles tiles(std::max<int64_t>(0, starting.to - starting.from));
      for (int64_t p = 0; p < Run::column_panels(run.units) && tiles.count; p++) {
        BackwardTile tile(run, place, p);
        for (int64_t i = 0; i < tiles.count; i++) {
          int64_t from = starting.from + tiles.start(i), rows = starting.from + tiles.start(i + 1) - from;
          tile.product(place, from, rows);
          tile.put(from, rows);
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
