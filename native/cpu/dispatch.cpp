// The C ABI: each call goes to the kernels of its vector length.
#include "kernels.h"

static const carousel_cpu_kernels &of(int64_t vector) { return vector == 16 ? avx512::KERNELS : avx2::KERNELS; }

static const carousel_cpu_kernels &of(const carousel_cpu_run *run) { return of(run->vector); }

extern "C" {

int32_t carousel_cpu_abi() { return CAROUSEL_CPU_ABI; }

int32_t carousel_cpu_run_words() { return sizeof(carousel_cpu_run) / sizeof(int64_t); }

int32_t carousel_cpu_vector_length() {
  __builtin_cpu_init(); // these also ask whether the operating system saves the registers
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    return 16;
  }
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 8 : 0;
}

int64_t carousel_cpu_size(const carousel_cpu_run *run, int32_t what) { return of(run).size(run, what); }

void carousel_cpu_pack(const carousel_cpu_run *run, const float *w_ih, int64_t w_ih_stride, const float *w_hh,
                       int64_t w_hh_stride, const float *b_ih, const float *b_hh, int64_t panel, int64_t panel_end) {
  of(run).pack(run, w_ih, w_ih_stride, w_hh, w_hh_stride, b_ih, b_hh, panel, panel_end);
}

void carousel_cpu_start(const carousel_cpu_run *run, int64_t row, int64_t row_end) { of(run).start(run, row, row_end); }

void carousel_cpu_forward(const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end,
                          int64_t panel, int64_t panel_end) {
  of(run).forward(run, place, place_end, row, row_end, panel, panel_end);
}

void carousel_cpu_trace(const carousel_cpu_run *run, int64_t place) { of(run).trace(run, place); }

void carousel_cpu_backward_start(const carousel_cpu_run *run, int64_t row, int64_t row_end) {
  of(run).backward_start(run, row, row_end);
}

void carousel_cpu_backward(const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end,
                           int64_t panel, int64_t panel_end) {
  of(run).backward(run, place, place_end, row, row_end, panel, panel_end);
}

void carousel_cpu_backward_end(const carousel_cpu_run *run, int64_t row, int64_t row_end) {
  of(run).backward_end(run, row, row_end);
}

void carousel_cpu_input_gradient(const carousel_cpu_run *run, int64_t row, int64_t row_end) {
  of(run).input_gradient(run, row, row_end);
}

void carousel_cpu_weight_gradients(const carousel_cpu_run *run, int64_t tile, int64_t tile_end) {
  of(run).weight_gradients(run, tile, tile_end);
}

void carousel_cpu_multiply_transposed(int64_t vector, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                                      int64_t a_stride, const float *b, int64_t b_stride, float beta, float *c,
                                      int64_t c_stride) {
  of(vector).multiply_transposed(m, n, k, alpha, a, a_stride, b, b_stride, beta, c, c_stride);
}
}
