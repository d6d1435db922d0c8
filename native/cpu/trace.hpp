// What a trace of the forward pass sees.
#pragma once

#include "cells.hpp"

namespace ISA {

// Activations of a place that has run, in PyTorch's layout and order, and c = f∘c + i∘g once more.
inline void trace(const Run &run, int64_t place) {
  const Layout &layout = run.layout();
  for (int64_t row = 0; row < run.rows_at(place); row++) {
    const int64_t at = run.gate_row(place) + row;
    for (int64_t unit = 0; unit < run.units; unit++) {
      const float *z = run.gates_at(unit / layout.units, at);
      const int64_t in_panel = unit % layout.units;
      float *gates = run.trace_gates + row * layout.gates * run.units + unit;
      switch (run.cell) {
      case CAROUSEL_CPU_LSTM: {
        for (int v = 0; v < 4; v++) {
          gates[v * run.units] = z[v * V + in_panel];
        }
        float before = run.c_at(run.state_row(place) + row)[unit];
        run.trace_cell[row * run.units + unit] = z[V + in_panel] * before + z[in_panel] * z[2 * V + in_panel];
        break;
      }
      case CAROUSEL_CPU_GRU: // n r z m → r z n
        gates[0] = z[V + in_panel];
        gates[run.units] = z[2 * V + in_panel];
        gates[2 * run.units] = z[in_panel];
        break;
      default:
        gates[0] = z[in_panel];
      }
    }
  }
}

} // namespace ISA
