#include "mma.h"

namespace emulation {

namespace {

constexpr int ROWS = 16, COLUMNS = 8, MOST_DEEP = 16;

/* Number `i` of those that a register holds; of TF32 the lowest 13 bits do not count. */
float number(uint32_t bits, int i, Exchange kind) {
  uint16_t part = (uint16_t)(bits >> 16 * i);
  return kind == Exchange::BF16_MMA  ? __bfloat162float({part})
         : kind == Exchange::F16_MMA ? __half2float({part})
                                     : __uint_as_float(bits & ~0x1fffu);
}

}  // namespace

void multiplyFragments(const Thread *lanes, Exchange kind) {
  int packed = kind == Exchange::TF32_MMA ? 1 : 2; /* numbers in a register */
  int depth = 8 * packed;
  float a[ROWS][MOST_DEEP], b[MOST_DEEP][COLUMNS], sum[ROWS][COLUMNS];
  const Fragments *fragments[WARP_SIZE];
  for (int lane = 0; lane < (int)WARP_SIZE; lane++) {
    const Fragments &own = *reinterpret_cast<const Fragments *>(lanes[lane].given);
    fragments[lane] = &own;
    int high = lane / 4, low = lane % 4;
    for (int r = 0; r < 4; r++) {
      for (int i = 0; i < packed; i++) {
        a[high + r % 2 * 8][r / 2 * depth / 2 + low * packed + i] = number(own.a[r], i, kind);
      }
      sum[high + r / 2 * 8][low * 2 + r % 2] = own.sum[r];
    }
    for (int r = 0; r < 2; r++) {
      for (int i = 0; i < packed; i++) {
        b[r * depth / 2 + low * packed + i][high] = number(own.b[r], i, kind);
      }
    }
  }
  for (int row = 0; row < ROWS; row++) {
    for (int k = 0; k < depth; k++) {
      for (int column = 0; column < COLUMNS; column++) {
        sum[row][column] += a[row][k] * b[k][column];
      }
    }
  }
  for (int lane = 0; lane < (int)WARP_SIZE; lane++) {
    for (int r = 0; r < 4; r++) {
      fragments[lane]->sum[r] = sum[lane / 4 + r / 2 * 8][lane % 4 * 2 + r % 2];
    }
  }
}

}  // namespace emulation
