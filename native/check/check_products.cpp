#include "carousel/product.h"

#include <algorithm>

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

struct Product {
  carousel_type operand, result;
  carousel_product_shape shape;
  float alpha, beta;
  int number;

  Layout layout(int k) const { return LAYOUTS[(number * 7 + 5 * k) % ALL_LAYOUTS]; }
};

/* The matrices of a batch lie below each other. */
carousel_batch batch(const Matrix &all, int rows) {
  carousel_view view = all.view();
  return {view.data, view.stride, rows * view.stride};
}

void check_product(const Product &p) {
  const carousel_product_shape &s = p.shape;
  int a_rows = s.transpose_a ? s.k : s.m, b_rows = s.transpose_b ? s.n : s.k;
  Matrix a = Matrix::random(p.operand, s.count * a_rows, s.transpose_a ? s.m : s.k, p.layout(0));
  Matrix b = Matrix::random(p.operand, s.count * b_rows, s.transpose_b ? s.k : s.n, p.layout(1));
  Matrix c = p.beta == 0 ? Matrix::filled(p.result, s.count * s.m, s.n, p.layout(2), NAN)
                         : Matrix::random(p.result, s.count * s.m, s.n, p.layout(2));
  require_ok("row_invariant_product",
             carousel_row_invariant_product(stream(), p.operand, p.result, s, p.alpha, batch(a, a_rows),
                                            batch(b, b_rows), p.beta, batch(c, s.m)));
  for (int item = 0; item < s.count; item++) {
    for (int i = 0; i < s.m; i++) {
      for (int j = 0; j < s.n; j++) {
        double sum = 0;
        for (int l = 0; l < s.k; l++) {
          double x = s.transpose_a ? a.at(item * a_rows + l, i) : a.at(item * a_rows + i, l);
          sum += x * (s.transpose_b ? b.at(item * b_rows + j, l) : b.at(item * b_rows + l, j));
        }
        double old = p.beta == 0 ? 0 : p.beta * c.at(item * s.m + i, j);
        c.set(item * s.m + i, j, p.alpha * sum + old);
      }
    }
  }
  a.compare("a", 0, 0);
  b.compare("b", 0, 0);
  c.compare("c", 1 + std::sqrt(static_cast<double>(s.k)));
}

}  // namespace

void check_products() {
  report.begin("carousel_row_invariant_product");
  constexpr int shapes[][4] = {/* count, m, n, k */
                               {1, 1, 1, 1},   {1, 1, 130, 70}, {2, 16, 64, 32}, {3, 17, 65, 33}, {1, 5, 3, 100},
                               {1, 70, 20, 9}, {2, 3, 4, 0},    {1, 0, 5, 3},    {0, 2, 2, 2},    {70000, 1, 1, 2}};
  constexpr carousel_type types[][2] = {{CAROUSEL_F32, CAROUSEL_F32},
                                        {CAROUSEL_BF16, CAROUSEL_F32},
                                        {CAROUSEL_BF16, CAROUSEL_BF16},
                                        {CAROUSEL_F16, CAROUSEL_F32},
                                        {CAROUSEL_F16, CAROUSEL_F16}};
  for (const auto &shape : shapes) {
    for (const auto &type : types) {
      for (int form = 0; form < 4; form++) {
        if (shape[0] > 3 && (form > 0 || type[0] != CAROUSEL_F32)) {
          continue; /* once is enough */
        }
        int number = report.number();
        report.new_case("types " + std::to_string(type[0]) + " " + std::to_string(type[1]) + ", form " +
                        std::to_string(form) + ", [" + std::to_string(shape[1]) + ", " + std::to_string(shape[2]) +
                        ", " + std::to_string(shape[3]) + "]");
        constexpr float betas[] = {0, 1, -0.5f};
        check_product({type[0],
                       type[1],
                       {shape[0], form % 2, form / 2, shape[1], shape[2], shape[3]},
                       number % 2 == 0 ? 1 : 0.7f,
                       betas[number % 3],
                       number});
      }
    }
  }
}

}  // namespace check
