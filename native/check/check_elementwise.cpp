#include "carousel/ops.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

namespace check {

namespace {

/* Sets all elements of a matrix to f(row, column). */
template <class F>
void set_all(const Case &one, Matrix &matrix, F f) {
  for (int r = 0; r < one.rows; r++) {
    for (int c = 0; c < one.columns; c++) {
      matrix.set(r, c, f(r, c));
    }
  }
}

void copy(const Case &one, carousel_type to_type) {
  Matrix from = one.operands_of(1, one.type == CAROUSEL_I32 ? 2e9 : 3);
  Matrix to = Matrix::filled(to_type, one.rows, one.columns, one.layout(), 7);
  require_ok("copy", carousel_copy(stream(), one.type, to_type, one.rows, one.columns, from.view(), to.view()));
  set_all(one, to, [&](int r, int c) { return rounded(to_type, from.at(r, c)); });
  to.compare("to", 0, 0);
}

/* Numbers that conversions treat in their own way. */
void copy_special(carousel_type from_type, carousel_type to_type) {
  std::vector<double> numbers = {0.0,     -0.0,    1 + 0x1p-9, 1 + 3 * 0x1p-9, 1 + 0x1p-12, 1 + 3 * 0x1p-12, 65504,
                                 65520,   1e30,    -1e30,      3e38,           -3e38,       3.4e38,          0x1p-24,
                                 0x1p-25, 0x1p-26, 0x1p-130,   3e-41,          INFINITY,    -INFINITY,       NAN};
  int count = static_cast<int>(numbers.size());
  for (Layout layout : {Layout{0, 0}, Layout{1, 0}}) {
    report.new_case("special numbers, types " + std::to_string(from_type) + " to " + std::to_string(to_type));
    Matrix from = Matrix::of(from_type, 1, count, layout, numbers);
    Matrix to = Matrix::filled(to_type, 1, count, layout, 7);
    require_ok("copy", carousel_copy(stream(), from_type, to_type, 1, count, from.view(), to.view()));
    for (int k = 0; k < count; k++) {
      to.set(0, k, rounded(to_type, from.at(0, k)));
    }
    to.compare("to", 0, 0);
  }
}

void fill(const Case &one) {
  Matrix to = Matrix::random(one.type, one.rows, one.columns, one.layout());
  require_ok("fill", carousel_fill(stream(), one.type, one.rows, one.columns, -2.3, to.view()));
  set_all(one, to, [&](int, int) { return rounded(one.type, -2.3); });
  to.compare("to", 0, 0);
}

void add_bias(const Case &one) {
  Matrix x = one.reals();
  Matrix bias = one.vector();
  require_ok("add_bias", carousel_add_bias(stream(), one.rows, one.columns, x.view(), bias.pointer<float>()));
  set_all(one, x, [&](int r, int c) { return x.at(r, c) + bias.at(0, c); });
  x.compare("x", 1, 2);
}

void axpy(const Case &one) {
  Matrix x = one.reals();
  Matrix y = one.reals();
  require_ok("axpy", carousel_axpy(stream(), one.rows, one.columns, -1.5f, x.view(), y.view()));
  set_all(one, y, [&](int r, int c) { return y.at(r, c) - 1.5 * x.at(r, c); });
  x.compare("x", 0, 0);
  y.compare("y", 1, 2);
}

void scale(const Case &one) {
  Matrix x = one.reals();
  require_ok("scale", carousel_scale(stream(), one.rows, one.columns, -1.5f, x.view()));
  set_all(one, x, [&](int r, int c) { return -1.5 * x.at(r, c); });
  x.compare("x", 0, 2);
}

void clamp(const Case &one) {
  Matrix x = one.reals();
  require_ok("clamp", carousel_clamp(stream(), one.rows, one.columns, 0.25f, x.view()));
  set_all(one, x, [&](int r, int c) { return std::fmin(std::fmax(x.at(r, c), -0.25), 0.25); });
  x.compare("x", 0, 0);
}

void clamp_special() {
  report.new_case("not a number, infinities");
  Matrix x = Matrix::of(CAROUSEL_F32, 1, 5, {0, 0}, {NAN, INFINITY, -INFINITY, 0.1, -3});
  require_ok("clamp", carousel_clamp(stream(), 1, 5, 0.25f, x.view()));
  x.set(0, 1, 0.25);
  x.set(0, 2, -0.25);
  x.set(0, 4, -0.25);
  x.compare("x", 0, 0);
}

void multiply(const Case &one) {
  Matrix a = one.reals();
  Matrix b = one.reals();
  Matrix separate = one.output();
  Matrix &out = one.number % 3 == 0 ? a : one.number % 3 == 1 ? b : separate;
  require_ok("multiply", carousel_multiply(stream(), one.rows, one.columns, a.view(), b.view(), out.view()));
  set_all(one, out, [&](int r, int c) { return a.at(r, c) * b.at(r, c); });
  a.compare("a", 0, 2);
  b.compare("b", 0, 2);
  separate.compare("out", 0, 2);
}

}  // namespace

void check_elementwise() {
  report.begin("carousel_copy");
  for (carousel_type to_type : REAL_TYPES) {
    each_case([&](const Case &one) { copy(one, to_type); });
    for (carousel_type from_type : REAL_TYPES) {
      copy_special(from_type, to_type);
    }
  }
  report.new_case("integers");
  copy(Case{CAROUSEL_I32, 3, 17, 0, 0}, CAROUSEL_I32);
  copy(Case{CAROUSEL_I32, 3, 16, 1, 0}, CAROUSEL_I32);
  report.begin("carousel_fill");
  each_case(fill);
  report.new_case("integers");
  fill(Case{CAROUSEL_I32, 3, 17, 0, 0});
  fill(Case{CAROUSEL_I32, 3, 16, 1, 0});
  each_float_case("carousel_add_bias", add_bias);
  each_float_case("carousel_axpy", axpy);
  each_float_case("carousel_scale", scale);
  each_float_case("carousel_clamp", clamp);
  clamp_special();
  each_float_case("carousel_multiply", multiply);
}

}  // namespace check
