/* A batch that goes through the persistent kernels, and what is computed of it in double. */
#ifndef CAROUSEL_CHECK_PERSISTENT_SEQUENCE_H
#define CAROUSEL_CHECK_PERSISTENT_SEQUENCE_H

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "carousel/persistent.h"
#include "gpu.h"
#include "matrix.h"

namespace check {

struct Batch {
  std::vector<int> lengths; /* longest first */
  int units;
  int multiprocessors; /* 0: all */
};

struct Sequence {
  bool clusters;
  carousel_cell cell;
  carousel_type format; /* of products */
  carousel_type type;   /* as which that is stored */
  Batch batch;
  bool reverse;
  int number;
  int inputs; /* that the kernel multiplies too, 0 for none */
  int gates;
  std::vector<int> offsets;

  Sequence(bool clusters, carousel_cell cell, carousel_type format, const Batch &batch, bool reverse, int number)
      : clusters(clusters), cell(cell), format(format), type(format == CAROUSEL_TF32 ? CAROUSEL_F32 : format),
        batch(batch), reverse(reverse), number(number), inputs(0),
        gates(cell == CAROUSEL_LSTM ? 4 : cell == CAROUSEL_GRU ? 3 : 1), offsets{0} {
    for (int t = 0; t < batch.lengths[0]; t++) {
      offsets.push_back(offsets.back() + rows_of(t));
    }
  }

  int steps() const { return batch.lengths[0]; }
  int sequences() const { return static_cast<int>(batch.lengths.size()); }
  int rows() const { return offsets.back(); }
  int units() const { return batch.units; }
  int rows_of(int t) const {
    return static_cast<int>(std::count_if(batch.lengths.begin(), batch.lengths.end(), [t](int n) { return n > t; }));
  }
  bool has(int k) const { return (number >> k & 1) != 0; }
  Layout layout(int k) const { return LAYOUTS[(number + k) % ALL_LAYOUTS]; }

  std::string text() const {
    const char *formats[] = {"F32", "BF16", "F16", "", "TF32"};
    return std::string(formats[format]) + " N " + std::to_string(sequences()) + " T " + std::to_string(steps()) +
           " H " + std::to_string(units()) + (reverse ? " reverse" : "") + (clusters ? " in clusters" : "") +
           " case " + std::to_string(number);
  }

  /* Calls step(packed row, row of the batch) in the order of forward, or against it. */
  template <class Step>
  void each_row(bool backward, Step step) const {
    bool falling = reverse != backward;
    for (int place = 0; place < steps(); place++) {
      int t = falling ? steps() - 1 - place : place;
      for (int row = 0; row < rows_of(t); row++) {
        step(offsets[t] + row, row);
      }
    }
  }

  /* A factor of a product as the tensor cores see it. */
  double factor(double x) const {
    if (format != CAROUSEL_TF32) {
      return rounded(type, x);
    }
    if (x == 0) {
      return 0;
    }
    int exponent;
    double mantissa = std::frexp(x, &exponent);
    return std::ldexp(std::round(mantissa * 2048), exponent - 11); /* 11 bits, ties away from zero */
  }

  /* How far a float may be off: a factor that is rounded the other way moves it. */
  double scale() const {
    return format == CAROUSEL_F32 ? 4 : format == CAROUSEL_TF32 ? 300 : format == CAROUSEL_F16 ? 600 : 5000;
  }

  Matrix states(carousel_type of, int k) const { return Matrix::random(of, sequences(), units(), layout(k)); }
  Matrix packed(carousel_type of, int blocks, int k, double range = 1) const {
    return Matrix::random(of, rows(), blocks * units(), layout(k), range);
  }
  Matrix written(carousel_type of, int k) const { return Matrix::filled(of, rows(), units(), layout(k), 7); }
  Matrix weights(int k) const {
    return Matrix::random(type, gates * units(), units(), layout(k), 1.5 / std::sqrt(units()));
  }
};

/* What every call needs besides its operands. */
struct Call {
  Matrix offsets;
  carousel_persistent_layout layout;
  void *workspace;
  carousel_packing packing;

  Call(const Sequence &one, bool backward)
      : offsets(Matrix::of(CAROUSEL_I32, 1, static_cast<int>(one.offsets.size()), {0, 0},
                           std::vector<double>(one.offsets.begin(), one.offsets.end()))) {
    require_ok("layout", carousel_persistent_layout_of(one.cell, one.format, one.units(), one.inputs,
                                                       one.sequences(), backward, one.batch.multiprocessors,
                                                       one.clusters, &layout));
    workspace = allocate(static_cast<size_t>(layout.workspace_bytes));
    std::vector<unsigned char> junk(static_cast<size_t>(layout.workspace_bytes), 0x5a);
    upload(workspace, junk.data(), junk.size());
    packing = {one.steps(), one.sequences(), one.reverse, offsets.pointer<int32_t>()};
  }
  ~Call() { release(workspace); }
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;
};

/* Sum of a row of h, as factors, with row `output` of the weights. */
inline double recurrent(const Sequence &one, const Matrix &h, int row, const Matrix &weight, int output) {
  double sum = 0;
  for (int k = 0; k < one.units(); k++) {
    sum += one.factor(h.at(row, k)) * one.factor(weight.at(output, k));
  }
  return sum;
}

/* Inputs, where the kernel multiplies them, and W_ih. */
struct GivenInputs {
  const Sequence &one;
  Matrix x, weight;

  explicit GivenInputs(const Sequence &sequence)
      : one(sequence),
        x(Matrix::random(one.type, one.rows(), std::max(1, one.inputs), one.layout(4), 2)),
        weight(Matrix::random(one.type, one.gates * one.units(), std::max(1, one.inputs), one.layout(5),
                              1.5 / std::sqrt(std::max(1, one.inputs)))) {}

  double product(int row, int output) const {
    double sum = 0;
    for (int k = 0; k < one.inputs; k++) {
      sum += one.factor(x.at(row, k)) * one.factor(weight.at(output, k));
    }
    return sum;
  }
};

/* Element `unit` of a row of gradients, as factors, times the weights. */
inline double back(const Sequence &one, const Matrix &gradients, int row, const Matrix &weight, int unit) {
  double sum = 0;
  for (int k = 0; k < one.gates * one.units(); k++) {
    sum += one.factor(gradients.at(row, k)) * one.factor(weight.at(k, unit));
  }
  return sum;
}

}  // namespace check

#endif
