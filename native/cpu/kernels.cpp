// All kernels, compiled once for each instruction set.
#include "kernels.h"

#include "backward.hpp"
#include "forward.hpp"
#include "product.hpp"
#include "trace.hpp"
#include "weights.hpp"

namespace ISA {

static int64_t size(const carousel_cpu_run *r, int32_t what) {
  const Run &run = Run::of(r);
  switch (what) {
  case CAROUSEL_CPU_WEIGHTS:
    return run.weights_size();
  case CAROUSEL_CPU_GATES:
    return run.panels() * run.gate_rows() * PANEL;
  case CAROUSEL_CPU_STATES:
    return run.states_size();
  case CAROUSEL_CPU_CARRY:
    return run.batch * run.state_stride();
  case CAROUSEL_CPU_SUMS:
    return run.panels() * run.panel_tiles() * TILE_ROWS * PANEL;
  case CAROUSEL_CPU_FORWARD_PANELS:
    return run.panels();
  case CAROUSEL_CPU_BACKWARD_PANELS:
    return Run::column_panels(run.units);
  case CAROUSEL_CPU_GRADIENT_TILES:
    return run.panels() * run.panel_tiles();
  default:
    return -1;
  }
}

const carousel_cpu_kernels KERNELS = {
    size,
    [](const carousel_cpu_run *run, const float *w_ih, int64_t w_ih_stride, const float *w_hh, int64_t w_hh_stride,
       const float *b_ih, const float *b_hh, int64_t panel, int64_t panel_end) {
      pack(Run::of(run), {w_ih, w_ih_stride}, {w_hh, w_hh_stride}, b_ih, b_hh, panel, panel_end);
    },
    [](const carousel_cpu_run *run, int64_t row, int64_t row_end) { start(Run::of(run), row, row_end); },
    [](const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end, int64_t panel,
       int64_t panel_end) { forward(Run::of(run), place, place_end, row, row_end, panel, panel_end); },
    [](const carousel_cpu_run *run, int64_t place) { trace(Run::of(run), place); },
    [](const carousel_cpu_run *run, int64_t row, int64_t row_end) { backward_start(Run::of(run), row, row_end); },
    [](const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end, int64_t panel,
       int64_t panel_end) { backward(Run::of(run), place, place_end, row, row_end, panel, panel_end); },
    [](const carousel_cpu_run *run, int64_t row, int64_t row_end) { backward_end(Run::of(run), row, row_end); },
    [](const carousel_cpu_run *run, int64_t row, int64_t row_end) { input_gradient(Run::of(run), row, row_end); },
    [](const carousel_cpu_run *run, int64_t tile, int64_t tile_end) { weight_gradients(Run::of(run), tile, tile_end); },
    [](int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t a_stride, const float *b, int64_t b_stride,
       float beta, float *c, int64_t c_stride) {
      multiply_transposed({m, n, k, alpha, a, a_stride, b, b_stride, beta, c, c_stride});
    },
};

} // namespace ISA
