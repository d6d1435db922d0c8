/* What the checks of all cells share: functions in double, and the cases that they go through. */
#ifndef CAROUSEL_CHECK_CELLS_H
#define CAROUSEL_CHECK_CELLS_H

#include <cmath>
#include <string>

#include "carousel/status.h"
#include "matrix.h"
#include "report.h"

namespace check {

constexpr carousel_type REAL_TYPES[] = {CAROUSEL_F32, CAROUSEL_BF16, CAROUSEL_F16};
constexpr carousel_activation IDENTITY = {CAROUSEL_IDENTITY, 0, 0, 0}, SIGMOID = {CAROUSEL_SIGMOID, 0, 0, 0},
                              TANH = {CAROUSEL_TANH, 0, 0, 0}, RELU = {CAROUSEL_RELU, 0, 0, 0},
                              HARD_SIGMOID = {CAROUSEL_HARD_SIGMOID, 0.2f, 0.5f, 0};
/* Those that every kernel of a cell is tried with. */
constexpr carousel_activation CELL_ACTIVATIONS[] = {
    IDENTITY, SIGMOID, TANH, RELU, HARD_SIGMOID, {CAROUSEL_TANH, 0, 0, 0.5f}};
/* Of every kind, and some with a clip, which is a number that all types hold. */
constexpr carousel_activation ACTIVATIONS[] = {
    IDENTITY,
    SIGMOID,
    TANH,
    RELU,
    {CAROUSEL_AFFINE, -0.75f, 0.25f, 0},
    {CAROUSEL_LEAKY_RELU, 0.01f, 0, 0},
    {CAROUSEL_THRESHOLDED_RELU, 0.25f, 0, 0},
    {CAROUSEL_SCALED_TANH, -1.7f, 0.6f, 0},
    HARD_SIGMOID,
    {CAROUSEL_ELU, 0.9f, 0, 0},
    {CAROUSEL_SOFTSIGN, 0, 0, 0},
    {CAROUSEL_SOFTPLUS, 0, 0, 0},
    {CAROUSEL_IDENTITY, 0, 0, 0.5f},
    {CAROUSEL_TANH, 0, 0, 0.5f},
    {CAROUSEL_HARD_SIGMOID, -0.25f, 0.5f, 0.75f},
};

inline double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
inline double softplus(double x) { return std::fmax(x, 0) + std::log1p(std::exp(-std::fabs(x))); }

inline double value(carousel_activation f, double x) {
  if (f.clip > 0) {
    x = std::fmax(std::fmin(x, f.clip), -f.clip);
  }
  switch (f.kind) {
    case CAROUSEL_SIGMOID:
      return sigmoid(x);
    case CAROUSEL_TANH:
      return std::tanh(x);
    case CAROUSEL_RELU:
      return x > 0 ? x : 0;
    case CAROUSEL_AFFINE:
      return f.alpha * x + f.beta;
    case CAROUSEL_LEAKY_RELU:
      return x > 0 ? x : f.alpha * x;
    case CAROUSEL_THRESHOLDED_RELU:
      return x > f.alpha ? x : 0;
    case CAROUSEL_SCALED_TANH:
      return f.alpha * std::tanh(f.beta * x);
    case CAROUSEL_HARD_SIGMOID:
      return std::fmin(std::fmax(f.alpha * x + f.beta, 0), 1);
    case CAROUSEL_ELU:
      return x > 0 ? x : f.alpha * std::expm1(x);
    case CAROUSEL_SOFTSIGN:
      return x / (1 + std::fabs(x));
    case CAROUSEL_SOFTPLUS:
      return softplus(x);
    default:
      return x;
  }
}

/* The derivative, from y = f(x), which was stored as that type. */
inline double slope(carousel_activation f, double y, carousel_type type) {
  if (f.clip > 0 && (y == rounded(type, value(f, f.clip)) || y == rounded(type, value(f, -f.clip)))) {
    return 0;
  }
  switch (f.kind) {
    case CAROUSEL_SIGMOID:
      return y * (1 - y);
    case CAROUSEL_TANH:
      return 1 - y * y;
    case CAROUSEL_RELU:
      return y > 0 ? 1 : 0;
    case CAROUSEL_AFFINE:
      return f.alpha;
    case CAROUSEL_LEAKY_RELU:
      return y > 0 ? 1 : f.alpha;
    case CAROUSEL_THRESHOLDED_RELU:
      return y != 0 ? 1 : 0;
    case CAROUSEL_SCALED_TANH:
      return f.beta * (f.alpha - y * y / f.alpha);
    case CAROUSEL_HARD_SIGMOID:
      return y > 0 && y < 1 ? f.alpha : 0;
    case CAROUSEL_ELU:
      return y > 0 ? 1 : y + f.alpha;
    case CAROUSEL_SOFTSIGN:
      return (1 - std::fabs(y)) * (1 - std::fabs(y));
    case CAROUSEL_SOFTPLUS:
      return -std::expm1(-y);
    default:
      return 1;
  }
}

/* The shape of one call, and how its operands lie: all aligned in one way, or each in its own. */
struct Case {
  carousel_type type;
  int rows, columns;
  int layouts; /* 0..2: that aligned layout; else mixed */
  int number;
  mutable int operands = 0;

  Layout layout() const {
    return layouts < ALIGNED_LAYOUTS ? LAYOUTS[layouts] : LAYOUTS[(number * 7 + 5 * operands++) % ALL_LAYOUTS];
  }

  /* A matrix of `blocks` times the columns. */
  Matrix reals(int blocks = 1, double range = 1) const {
    return Matrix::random(CAROUSEL_F32, rows, blocks * columns, layout(), range);
  }
  Matrix operands_of(int blocks = 1, double range = 1) const {
    return Matrix::random(type, rows, blocks * columns, layout(), range);
  }
  Matrix vector(int blocks = 1) const { return Matrix::random(CAROUSEL_F32, 1, blocks * columns, layout()); }
  Matrix output() const { return Matrix::filled(CAROUSEL_F32, rows, columns, layout(), 7); }
  Matrix output_operands() const { return Matrix::filled(type, rows, columns, layout(), 7); }

  /* Whether operand number k is given in this case: all combinations come by turns. */
  bool has(int k) const { return ((number * 11 + number / 32) >> k & 1) != 0; }

  std::string text() const {
    const char *names[] = {"F32", "BF16", "F16", "I32"};
    return std::string(names[type]) + " [" + std::to_string(rows) + ", " + std::to_string(columns) + "] layouts " +
           std::to_string(layouts) + " case " + std::to_string(number);
  }
};

/* A matrix where a condition holds, else none. */
inline Matrix if_given(bool condition, Matrix matrix) { return condition ? std::move(matrix) : Matrix(); }

/* Calls body(Case) with the types, all shapes and kinds of layouts. */
template <class Types, class Body>
void each_case(const Types &types, Body body) {
  constexpr int shapes[][2] = {{1, 1},  {3, 17}, {5, 33},   {2, 130}, {2, 1100}, {1, 1100},
                               {7, 64}, {130, 4}, {33, 12}, {1, 3},   {0, 16},   {4, 0}};
  for (carousel_type type : types) {
    for (const auto &shape : shapes) {
      for (int layouts = 0; layouts < ALIGNED_LAYOUTS + 4; layouts++) {
        Case one{type, shape[0], shape[1], layouts, report.number()};
        report.new_case(one.text());
        body(one);
      }
    }
  }
}

/* All types of real numbers. */
template <class Body>
void each_case(Body body) {
  each_case(REAL_TYPES, body);
}

/* Float alone. */
template <class Check>
void each_float_case(const char *kernel, Check check) {
  constexpr carousel_type floats[] = {CAROUSEL_F32};
  report.begin(kernel);
  each_case(floats, check);
}

/* One large case. */
inline Case large(int rows, int columns, int layouts = 0, int number = 0, carousel_type type = CAROUSEL_F32) {
  report.new_case("[" + std::to_string(rows) + ", " + std::to_string(columns) + "]");
  return Case{type, rows, columns, layouts, number};
}

/* Exactly so much as the header promises, with old contents that no result may depend on. */
inline Matrix scratch() {
  return Matrix::filled(CAROUSEL_F32, 1, CAROUSEL_SCRATCH_BYTES / sizeof(float), {0, 0}, 1e30);
}

}  // namespace check

#endif
