// The row-invariant product against double arithmetic, and its rows against the same rows by themselves.
#include "check_products.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "carousel/cpu.h"
#include "carousel/cpu_product.h"
#include "numbers.hpp"

namespace {

struct Case {
  int64_t vector, m, n, k, gap; // a gap between rows, which no result may fill
  float alpha, beta;
};

int fail(const Case &c, const char *what) {
  printf("product V %d [%d, %d, %d] gap %d alpha %g beta %g: %s\n", (int)c.vector, (int)c.m, (int)c.n, (int)c.k,
         (int)c.gap, c.alpha, c.beta, what);
  return 1;
}

int check(const Case &c) {
  const int64_t a_stride = c.k + c.gap, b_stride = c.k + 2 * c.gap, c_stride = c.n + c.gap;
  const Floats a(values((c.m - 1) * a_stride + c.k, 1)), b(values((c.n - 1) * b_stride + c.k, 1));
  std::vector<double> old = values((c.m - 1) * c_stride + c.n, 1);
  if (c.beta == 0) {
    std::fill(old.begin(), old.end(), NAN);
  }
  const Floats whole(old);
  auto multiply = [&](int64_t row, int64_t rows, int64_t column, int64_t columns, float *to, int64_t stride) {
    carousel_cpu_multiply_transposed(c.vector, rows, columns, c.k, c.alpha, a.get() + row * a_stride, a_stride,
                                     b.get() + column * b_stride, b_stride, c.beta, to, stride);
  };
  multiply(0, c.m, 0, c.n, whole.get(), c_stride);
  for (int64_t i = 0; i < whole.size; i++) {
    const int64_t row = i / c_stride, column = i % c_stride;
    if (column >= c.n) {
      const float before = (float)old[i];
      if (std::memcmp(whole.get() + i, &before, sizeof before) != 0) {
        return fail(c, "written beside c");
      }
      continue;
    }
    double sum = 0;
    for (int64_t k = 0; k < c.k; k++) {
      sum += (double)a.get()[row * a_stride + k] * b.get()[column * b_stride + k];
    }
    const double expected = c.alpha * sum + (c.beta == 0 ? 0 : c.beta * old[i]);
    if (!(std::fabs(whole.get()[i] - expected) <= 1e-6 * (double)(c.k + 1))) {
      return fail(c, "wrong");
    }
  }
  for (int64_t rows : {1, 2, 5, 6, 7}) {
    for (int64_t row = 0; row + rows <= c.m; row += rows + 2) {
      // all columns, and those of a thread that takes the second half
      for (int64_t column : {(int64_t)0, c.n / 2}) {
        const int64_t columns = c.n - column;
        Floats alone(rows * columns);
        for (int64_t r = 0; r < rows; r++) {
          std::copy_n(old.begin() + (row + r) * c_stride + column, columns, alone.get() + r * columns);
        }
        multiply(row, rows, column, columns, alone.get(), columns);
        for (int64_t r = 0; r < rows; r++) {
          if (std::memcmp(alone.get() + r * columns, whole.get() + (row + r) * c_stride + column,
                          columns * sizeof(float)) != 0) {
            return fail(c, "a row depends on others");
          }
        }
      }
    }
  }
  return 0;
}

} // namespace

int check_products() {
  int failures = 0, checked = 0;
  for (int64_t vector = 8; vector <= carousel_cpu_vector_length(); vector *= 2) {
    for (int64_t m : {1, 2, 3, 6, 7, 13, 64}) {
      for (int64_t n : {1, 2, 3, 4, 5, 17, 64}) {
        for (int64_t k : {1, 7, 8, 16, 17, 33, 130, 600}) {
          const float beta = checked % 3 == 0 ? 0 : checked % 3 == 1 ? 1 : -0.5f;
          failures += check({vector, m, n, k, checked % 2 ? 3 : 0, checked % 4 < 2 ? 1 : 0.7f, beta});
          checked++;
        }
      }
    }
    failures += check({vector, 150, 9, 3000, 0, 1, 0}); // several blocks of rows
    checked++;
  }
  printf("products: %d cases, %d failures\n", checked, failures);
  return failures;
}
