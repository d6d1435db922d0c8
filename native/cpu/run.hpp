// How a run lies in memory: everything that follows from carousel_cpu_run.
#pragma once

#include <algorithm>

#include "carousel/cpu.h"
#include "tile.hpp"

namespace ISA {

// What tells the cells apart: which vectors of a panel the products with x and with h add to, and what a panel holds.
struct Layout {
  int64_t units;         // of a panel
  int x_first, x_count;  // vectors of a panel that x·W_ih adds to
  int h_first, h_count;  // those that h·W_hh adds to
  int gates;             // G of PyTorch's weights
  int x_gate[4], h_gate[4]; // which of PyTorch's gates a vector is, in W_ih and in W_hh

  // Where unit `lane` of vector v begins among the panel's units.
  int64_t unit_of(int v) const { return units == PANEL ? v * V : 0; }
};

constexpr Layout LAYOUTS[] = {
    {PANEL, 0, 4, 0, 4, 1, {0, 0, 0, 0}, {0, 0, 0, 0}}, // RNN: 4 V units
    {V, 0, 4, 0, 4, 4, {0, 1, 2, 3}, {0, 1, 2, 3}},     // LSTM: i f g o
    {V, 0, 3, 1, 3, 3, {2, 0, 1, -1}, {-1, 0, 1, 2}},   // GRU: n r z m; n has no term of h, m none of x
};

class Run : public carousel_cpu_run {
public:
  static const Run &of(const carousel_cpu_run *run) { return *static_cast<const Run *>(run); }

  const Layout &layout() const { return LAYOUTS[cell]; }
  int64_t panels() const { return pieces(units, layout().units); }
  int64_t live(int64_t panel) const { return std::min(layout().units, units - panel * layout().units); }
  bool has_cell_state() const { return cell == CAROUSEL_CPU_LSTM; }

  // places and steps
  int64_t step(int64_t place) const { return reverse ? steps - 1 - place : place; }
  int64_t rows_at(int64_t place) const { return place < 0 || place >= steps ? 0 : step_rows[step(place)]; }
  int64_t offset_at(int64_t place) const { return step_offset[step(place)]; }
  // the caller's state of a sorted row, or of its gradient; null where there is none
  template <typename Float> Float *state_of(Float *states, int64_t stride, int64_t sorted) const {
    return states ? states + (order ? order[sorted] : sorted) * stride : nullptr;
  }

  // packed weights: bias [P][PANEL], W_ih [P][I][x vectors], W_hh [P][H][h vectors]; for backward W_hh
  // [ceil(H/PANEL)][P·h vectors][up to PANEL], then W_ih likewise over I
  int64_t x_width() const { return layout().x_count * V; }
  int64_t h_width() const { return layout().h_count * V; }
  float *bias(int64_t panel) const { return weights + panel * PANEL; }
  float *forward_x(int64_t panel) const { return weights + panels() * PANEL + panel * inputs * x_width(); }
  float *forward_h(int64_t panel) const {
    return weights + panels() * (PANEL + inputs * x_width()) + panel * units * h_width();
  }
  float *backward_h(int64_t column_panel) const {
    return forward_h(panels()) + column_panel * PANEL * panels() * h_width();
  }
  float *backward_x(int64_t column_panel) const {
    return backward_h(0) + padded(units) * panels() * h_width() + column_panel * PANEL * panels() * x_width();
  }
  int64_t weights_size() const {
    int64_t forward = panels() * (PANEL + inputs * x_width() + units * h_width());
    return training ? forward + panels() * (padded(units) * h_width() + padded(inputs) * x_width()) : forward;
  }
  // Few inputs, as the leads of an ECG: W_ih lies by columns for backward, because rows would leave vectors empty.
  bool is_narrow() const { return inputs <= 4; }
  static int64_t padded(int64_t columns) { return pieces(columns, V) * V; }
  static int64_t column_panels(int64_t columns) { return pieces(columns, PANEL); }
  // vectors in a panel of columns
  static int vectors(int64_t columns, int64_t panel) {
    return (int)std::min<int64_t>(4, pieces(columns - panel * PANEL, V));
  }

  // Small weights stay in the second-level cache: x·W_ih is part of each step's product. Otherwise it is made for a chunk
  // of places at a time, so that W_ih is fetched less often.
  bool fuses_input() const { return panels() * (inputs * x_width() + units * h_width()) <= (512 << 10) / 4; }
  int64_t chunk() const {
    return std::max<int64_t>(1, std::min<int64_t>(steps, pieces(256, std::max<int64_t>(1, batch))));
  }

  // gates: [P][rows][PANEL]
  int64_t gate_rows() const { return training ? rows : fuses_input() ? 0 : chunk() * batch; }
  int64_t gate_row(int64_t place) const { return training ? offset_at(place) : place % chunk() * batch; }
  float *gates_at(int64_t panel, int64_t row) const { return gates + (panel * gate_rows() + row) * PANEL; }

  // states: h before each place, then c; in inference of two places in turn
  int64_t state_stride() const { return panels() * layout().units; }
  int64_t state_rows() const { return training ? rows : 2 * batch; }
  int64_t state_row(int64_t place) const { return training ? offset_at(place) : place % 2 * batch; }
  float *h_at(int64_t row) const { return states + row * state_stride(); }
  float *c_at(int64_t row) const { return states + (state_rows() + row) * state_stride(); }
  int64_t states_size() const { return state_rows() * state_stride() * (has_cell_state() ? 2 : 1); }

  // carry: [N][state_stride]: dc of an LSTM, the part of dh that passes a GRU by
  float *carry_at(int64_t sorted) const { return carry + sorted * state_stride(); }

  // tiles of weight gradients: of each panel those of W_ih, of W_hh, and the biases
  int64_t x_tiles() const { return Tiles(inputs).count; }
  int64_t h_tiles() const { return Tiles(units).count; }
  int64_t panel_tiles() const { return x_tiles() + h_tiles() + 1; }
};

} // namespace ISA
