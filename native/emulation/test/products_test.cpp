#include <cmath>
#include <random>
#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Gemm;
using emulation::Machine;

float rounded(float x, carousel_type type) {
  return type == CAROUSEL_BF16  ? __bfloat162float(__float2bfloat16_rn(x))
         : type == CAROUSEL_F16 ? __half2float(__float2half_rn(x))
                                : x;
}

void put(void *data, carousel_type type, size_t i, float x) {
  if (type == CAROUSEL_F32) {
    static_cast<float *>(data)[i] = x;
  } else {
    static_cast<uint16_t *>(data)[i] = type == CAROUSEL_BF16 ? __float2bfloat16_rn(x).bits : __float2half_rn(x).bits;
  }
}

float get(const void *data, carousel_type type, size_t i) {
  const auto *bits = static_cast<const uint16_t *>(data);
  return type == CAROUSEL_F32    ? static_cast<const float *>(data)[i]
         : type == CAROUSEL_BF16 ? __bfloat162float(__nv_bfloat16{bits[i]})
                                 : __half2float(__half{bits[i]});
}

/* A matrix on the machine with a stride of its own, and the same numbers as float. */
struct Operand {
  Operand(Machine &machine, int rows, int columns, carousel_type type, std::mt19937 &random)
      : stride(columns + 3), values((size_t)rows * stride) {
    std::uniform_real_distribution<float> number(-1, 1);
    data = machine.memory.allocate(values.size() * (type == CAROUSEL_F32 ? 4 : 2));
    for (size_t i = 0; i < values.size(); i++) {
      values[i] = rounded(number(random), type);
      put(data, type, i, values[i]);
    }
  }
  carousel_view view() const { return {data, stride}; }

  int64_t stride;
  std::vector<float> values;
  void *data;
};

void compare(int m, int n, int k, bool ta, bool tb, carousel_type type, carousel_type result, float beta) {
  Machine machine(emulation::Order::FORWARD, emulation::Timing::EAGER, 64 << 20);
  std::mt19937 random(m * 31 + n * 7 + k);
  Operand a(machine, ta ? k : m, ta ? m : k, type, random), b(machine, tb ? n : k, tb ? k : n, type, random);
  Operand c(machine, m, n, result, random);
  if (beta == 0 && m > 0) {
    put(c.data, result, 0, NAN); /* must not matter */
  }
  CHECK(machine.openStream()->gemm(
            {false, ta, tb, m, n, k, 0.75f, beta, type, result, a.view(), b.view(), c.view()}) == CAROUSEL_OK);
  double rounding = result == CAROUSEL_F32 ? 1e-6 : result == CAROUSEL_BF16 ? 0.005 : 0.0006;
  double tolerance = rounding * std::sqrt(k + 1.0) * 4;
  int wrong = 0, touched = 0;
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int p = 0; p < k; p++) {
        sum += (double)a.values[ta ? p * a.stride + i : i * a.stride + p] *
               b.values[tb ? j * b.stride + p : p * b.stride + j];
      }
      double expected = 0.75 * sum + (beta == 0 ? 0 : beta * c.values[i * c.stride + j]);
      wrong += !(std::fabs(get(c.data, result, i * c.stride + j) - expected) <= tolerance);
    }
    for (int j = n; j < c.stride; j++) {
      touched += get(c.data, result, i * c.stride + j) != c.values[i * c.stride + j];
    }
  }
  CHECK(wrong == 0);
  CHECK(touched == 0);
}

float product(bool tf32, float x, float y) {
  Machine machine(emulation::Order::FORWARD, emulation::Timing::EAGER, 1 << 20);
  auto *a = static_cast<float *>(machine.memory.allocate(4)), *b = static_cast<float *>(machine.memory.allocate(4));
  auto *c = static_cast<float *>(machine.memory.allocate(4));
  *a = x;
  *b = y;
  Gemm g = {tf32, false, false, 1, 1, 1, 1, 0, CAROUSEL_F32, CAROUSEL_F32, {a, 1}, {b, 1}, {c, 1}};
  CHECK(machine.openStream()->gemm(g) == CAROUSEL_OK);
  return *c;
}

void refusals() {
  Machine machine(emulation::Order::FORWARD, emulation::Timing::EAGER, 1 << 20);
  emulation::Stream *stream = machine.openStream();
  void *a = machine.memory.allocate(64), *c = machine.memory.allocate(64);
  Gemm g = {false, false, false, 4, 4, 4, 1, 0, CAROUSEL_F32, CAROUSEL_F32, {a, 4}, {a, 4}, {c, 4}};
  CHECK(stream->gemm(g) == CAROUSEL_OK);
  Gemm larger = g;
  larger.m = 5;
  CHECK(stream->gemm(larger) == cudaErrorInvalidValue);
  Gemm narrow = g;
  narrow.b.stride = 3;
  CHECK(stream->gemm(narrow) == cudaErrorInvalidValue);
  Gemm mixed = g;
  mixed.result = CAROUSEL_BF16;
  CHECK(stream->gemm(mixed) == cudaErrorInvalidValue);
}

}  // namespace

void testProducts() {
  const int sizes[][3] = {{1, 1, 1}, {3, 17, 5}, {4, 16, 8}, {5, 33, 70}, {70, 2, 19}, {3, 3, 0}, {0, 3, 2}};
  for (const auto &size : sizes) {
    for (int variant = 0; variant < 4; variant++) {
      for (float beta : {0.0f, 1.0f, -0.5f}) {
        compare(size[0], size[1], size[2], variant & 1, variant & 2, CAROUSEL_F32, CAROUSEL_F32, beta);
        compare(size[0], size[1], size[2], variant & 1, variant & 2, CAROUSEL_BF16, CAROUSEL_F32, beta);
        compare(size[0], size[1], size[2], variant & 1, variant & 2, CAROUSEL_BF16, CAROUSEL_BF16, beta);
        compare(size[0], size[1], size[2], variant & 1, variant & 2, CAROUSEL_F16, CAROUSEL_F16, beta);
      }
    }
  }
  compare(300, 300, 300, false, true, CAROUSEL_F32, CAROUSEL_F32, 0);
  float fine = 1 + 0x1p-12f, coarse = 1 + 0x1p-10f, middle = 1 + 0x1p-11f;
  CHECK(product(false, fine, 1) == fine);
  CHECK(product(true, fine, 1) == 1);
  CHECK(product(true, 1, coarse) == coarse);
  CHECK(product(true, middle, 1) == coarse); /* ties away from zero */
  CHECK(std::isinf(product(true, INFINITY, 1)));
  refusals();
}
