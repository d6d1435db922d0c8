#include "gemm.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "bfloat16.h"
#include "half.h"
#include "memory.h"
#include "runtime.h"
#include "tf32.h"

namespace emulation {

namespace {

constexpr int ROWS = 4, COLUMNS = 16; /* of the tile of c that is formed at a time */

size_t elementBytes(carousel_type type) { return type == CAROUSEL_F32 ? 4 : 2; }

float load(const void *data, carousel_type type, int64_t index) {
  switch (type) {
    case CAROUSEL_BF16:
      return __bfloat162float(static_cast<const __nv_bfloat16 *>(data)[index]);
    case CAROUSEL_F16:
      return __half2float(static_cast<const __half *>(data)[index]);
    default:
      return static_cast<const float *>(data)[index];
  }
}

void store(void *data, carousel_type type, int64_t index, float value) {
  switch (type) {
    case CAROUSEL_BF16:
      static_cast<__nv_bfloat16 *>(data)[index] = __float2bfloat16_rn(value);
      break;
    case CAROUSEL_F16:
      static_cast<__half *>(data)[index] = __float2half_rn(value);
      break;
    default:
      static_cast<float *>(data)[index] = value;
  }
}

/* A factor as float: panels of `width` rows of x (columns if not `byRows`), each [depth, width], zeros at the end. */
std::vector<float> pack(const Gemm &product, carousel_view x, bool byRows, int count, int depth, int width) {
  std::vector<float> packed((size_t)(count + width - 1) / width * width * depth, 0.0f);
  for (int i = 0; i < count; i++) {
    float *panel = packed.data() + (size_t)(i / width) * width * depth + i % width;
    for (int p = 0; p < depth; p++) {
      float value = load(x.data, product.operand, byRows ? i * x.stride + p : p * x.stride + i);
      panel[(size_t)p * width] = product.tf32 && product.operand == CAROUSEL_F32 ? roundToTf32(value) : value;
    }
  }
  return packed;
}

/* tile <- the product of two panels; both are ours and of full width, so AddressSanitizer need not watch. */
__attribute__((no_sanitize("address"))) void multiplyPanels(const float *__restrict__ a, const float *__restrict__ b,
                                                            int k, float (&tile)[ROWS][COLUMNS]) {
  typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));
  constexpr int QUADS = COLUMNS / 4;
  Quad sums[ROWS][QUADS] = {};
  for (int p = 0; p < k; p++, a += ROWS, b += COLUMNS) {
    for (int q = 0; q < QUADS; q++) {
      Quad column = *reinterpret_cast<const Quad *>(b + 4 * q);
      for (int r = 0; r < ROWS; r++) {
        sums[r][q] += a[r] * column;
      }
    }
  }
  memcpy(tile, sums, sizeof sums);
}

}  // namespace

carousel_status check(const Gemm &g, const Memory &memory) {
  auto inside = [&memory](carousel_view x, carousel_type type, int rows, int columns) {
    size_t bytes = elementBytes(type);
    return memory.isDevice(x.data, x.stride * bytes, columns * bytes, columns == 0 ? 0 : rows);
  };
  bool known = (g.operand == CAROUSEL_F32 || g.operand == CAROUSEL_BF16 || g.operand == CAROUSEL_F16) &&
               (g.result == CAROUSEL_F32 || g.result == g.operand);
  if (!known || g.m < 0 || g.n < 0 || g.k < 0 || g.a.stride < (g.transposeA ? g.m : g.k) ||
      g.b.stride < (g.transposeB ? g.k : g.n) || g.c.stride < g.n) {
    return cudaErrorInvalidValue;
  }
  return inside(g.a, g.operand, g.transposeA ? g.k : g.m, g.transposeA ? g.m : g.k) &&
                 inside(g.b, g.operand, g.transposeB ? g.n : g.k, g.transposeB ? g.k : g.n) &&
                 inside(g.c, g.result, g.m, g.n)
             ? CAROUSEL_OK
             : cudaErrorInvalidValue;
}

void multiply(const Gemm &g) {
  std::vector<float> a = pack(g, g.a, !g.transposeA, g.m, g.k, ROWS);
  std::vector<float> b = pack(g, g.b, g.transposeB, g.n, g.k, COLUMNS);
  for (int i = 0; i < g.m; i += ROWS) {
    for (int j = 0; j < g.n; j += COLUMNS) {
      float tile[ROWS][COLUMNS];
      multiplyPanels(a.data() + (size_t)i * g.k, b.data() + (size_t)j * g.k, g.k, tile);
      for (int r = 0; r < std::min(ROWS, g.m - i); r++) {
        for (int s = 0; s < std::min(COLUMNS, g.n - j); s++) {
          int64_t at = (int64_t)(i + r) * g.c.stride + j + s;
          float old = g.beta == 0 ? 0 : g.beta * load(g.c.data, g.result, at); /* beta 0: c may hold anything */
          store(g.c.data, g.result, at, g.alpha * tile[r][s] + old);
        }
      }
    }
  }
}

}  // namespace emulation
