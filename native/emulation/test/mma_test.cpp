#include <random>
#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Timing;

constexpr int M = 16, N = 8;

/* What a product of 16-bit numbers, or of TF32, is made of. */
template <class T>
struct Operands {
  static constexpr int PACKED = 4 / sizeof(T), DEPTH = 8 * PACKED;
  uint32_t a[M][DEPTH], b[DEPTH][N]; /* bits, in the lower half those of 16 */
  float c[M][N], d[M][N];
};

uint32_t bitsOf(float x, __nv_bfloat16) { return __float2bfloat16_rn(x).bits; }
uint32_t bitsOf(float x, __half) { return __float2half_rn(x).bits; }
uint32_t bitsOf(float x, float) { return carousel::to_tf32(x); }
double valueOf(uint32_t bits, __nv_bfloat16) { return __bfloat162float({(uint16_t)bits}); }
double valueOf(uint32_t bits, __half) { return __half2float({(uint16_t)bits}); }
double valueOf(uint32_t bits, float) { return __uint_as_float(bits); }

/*
 * Every number goes to the lane, the register and the part of it that the PTX manual names. With the fault, two
 * registers of A change places, as a kernel might have it that takes A for column-major in its blocks of 8.
 */
template <class T>
__global__ void multiply(Operands<T> *operands, int fault) {
  constexpr int PACKED = Operands<T>::PACKED, DEPTH = Operands<T>::DEPTH;
  uint32_t a[4] = {}, b[2] = {};
  float sum[4];
  int lane = threadIdx.x;
  for (int k = 0; k < DEPTH; k++) {
    int within = k % (DEPTH / 2), shift = within % PACKED * 16;
    for (int row = 0; row < M; row++) {
      if (lane == row % 8 * 4 + within / PACKED) {
        a[row / 8 + k / (DEPTH / 2) * 2] |= operands->a[row][k] << shift;
      }
    }
    for (int column = 0; column < N; column++) {
      if (lane == column * 4 + within / PACKED) {
        b[k / (DEPTH / 2)] |= operands->b[k][column] << shift;
      }
    }
  }
  for (int i = 0; i < 4; i++) {
    sum[i] = operands->c[lane / 4 + (i > 1 ? 8 : 0)][lane % 4 * 2 + (i & 1)];
  }
  if (fault) {
    std::swap(a[1], a[2]);
  }
  carousel::mma<T>(sum, a, b);
  for (int i = 0; i < 4; i++) {
    operands->d[lane / 4 + (i > 1 ? 8 : 0)][lane % 4 * 2 + (i & 1)] = sum[i];
  }
}

/* How many of the numbers are not those of three loops. */
template <class T>
int wrong(Order order, int fault, uint32_t below = 0) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  std::mt19937 random(7);
  std::uniform_real_distribution<float> number(-1, 1);
  auto *operands = static_cast<Operands<T> *>(machine.memory.allocate(sizeof(Operands<T>)));
  std::vector<double> expected(M * N);
  for (auto &row : operands->a) {
    for (uint32_t &x : row) {
      x = bitsOf(number(random), T{});
    }
  }
  for (auto &row : operands->b) {
    for (uint32_t &x : row) {
      x = bitsOf(number(random), T{});
    }
  }
  for (int i = 0; i < M * N; i++) {
    int row = i / N, column = i % N;
    expected[i] = operands->c[row][column] = number(random);
    for (int k = 0; k < Operands<T>::DEPTH; k++) {
      expected[i] += valueOf(operands->a[row][k], T{}) * valueOf(operands->b[k][column], T{});
    }
  }
  for (auto &row : operands->a) {
    for (uint32_t &x : row) {
      x |= below;
    }
  }
  CHECK(CAROUSEL_LAUNCH(multiply<T>, 1, 32, 0, machine.openStream(), operands, fault) == CAROUSEL_OK);
  int count = 0;
  for (int i = 0; i < M * N; i++) {
    count += !(std::fabs(operands->d[i / N][i % N] - expected[i]) < 1e-5);
  }
  return count;
}

template <class T>
void testType() {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    CHECK(wrong<T>(order, 0) == 0);
    CHECK(wrong<T>(order, 1) > M * N * 9 / 10);
  }
}

}  // namespace

void testMma() {
  testType<__nv_bfloat16>();
  testType<__half>();
  testType<float>();
  CHECK(wrong<float>(Order::FORWARD, 0, 0x1fff) == 0); /* what TF32 does not have is not seen */
  CHECK(wrong<float>(Order::FORWARD, 0, 0x2000) > 0);

  CHECK(__uint_as_float(carousel::to_tf32(1 + 0x1p-11f)) == 1 + 0x1p-10f); /* ties go away from zero */
  CHECK(__uint_as_float(carousel::to_tf32(-1 - 0x1p-11f)) == -1 - 0x1p-10f);
  CHECK(__uint_as_float(carousel::to_tf32(1 + 0x1.fcp-12f)) == 1);
}
