// The formulas of the LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) and of its
// variants.
#pragma once

#include "carousel/lstm.h"

#include "arguments.cuh"
#include "functions.cuh"

namespace carousel {

// What the compiler knows of the standard cell: nothing is left to decide at run time.
struct StandardLstm {
  Fixed<Sigmoid> gate;
  Fixed<Tanh> activation;
  Fixed<Tanh> cell_output;
  static constexpr bool coupled = false;
  static constexpr const float *peephole = nullptr;

  __device__ float bound(float cell) const { return cell; }
  __device__ bool exceeds(float) const { return false; }
};

struct GeneralLstm {
  Chosen gate;
  Chosen activation;
  Chosen cell_output;
  bool coupled;
  float most; // bound of |c|, infinite for none
  const float *peephole;

  __device__ float bound(float cell) const { return clamp(cell, most); }
  __device__ bool exceeds(float cell) const { return fabsf(cell) > most; }
};

// 1 - f, the input gate that is coupled to the forget gate.
template <int N>
__device__ Reals<N> complement(Reals<N> f) {
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    f[k] = 1.0f - f[k];
  }
  return f;
}

// sum += weights * x
template <int N>
__device__ void add_product(const float *weights, const Reals<N> &x, Reals<N> &sum) {
  Reals<N> w = load<N>(weights);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    sum[k] = fmaf(w[k], x[k], sum[k]);
  }
}

// One step forward. In: the sums i, f, g, o before activation, and the old cell state. Out: activations, the new cell
// state; returns h.
template <int N, class Variant>
__device__ Reals<N> lstm_forward(const Variant &variant, int64_t units, int64_t unit, Reals<N> (&gate)[4],
                                 Reals<N> &cell) {
  Reals<N> &i = gate[0], &f = gate[1], &g = gate[2], &o = gate[3];
  if (variant.peephole != nullptr) {
    add_product<N>(variant.peephole + unit, cell, i);
    add_product<N>(variant.peephole + units + unit, cell, f);
  }
  f = variant.gate.values(f);
  i = variant.coupled ? complement(f) : variant.gate.values(i);
  g = variant.activation.values(g);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    cell[k] = variant.bound(fmaf(f[k], cell[k], i[k] * g[k]));
  }
  if (variant.peephole != nullptr) {
    add_product<N>(variant.peephole + 2 * units + unit, cell, o);
  }
  o = variant.gate.values(o);
  Reals<N> out = variant.cell_output.values(cell);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    out[k] *= o[k];
  }
  return out;
}

// The cell state that a step forward left, from what it saved, and before it was bounded.
template <int N>
struct Cell {
  Reals<N> sum;
  Reals<N> bounded;
};

template <int N, class Variant>
__device__ Cell<N> lstm_cell(const Variant &variant, const Reals<N> (&gate)[4], const Reals<N> &old) {
  Cell<N> cell;
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    cell.sum[k] = fmaf(gate[1][k], old[k], gate[0][k] * gate[2][k]);
    cell.bounded[k] = variant.bound(cell.sum[k]);
  }
  return cell;
}

// One step backward. In: activations i, f, g, o, the cell states around the step, the gradients of h and of the new
// cell state. Out: gradients before activation, and of the old cell state.
template <int N, class Variant>
__device__ void lstm_backward(const Variant &variant, int64_t units, int64_t unit, Reals<N> (&gate)[4],
                              const Reals<N> &old, const Cell<N> &cell, const Reals<N> &d_h, Reals<N> &d_cell) {
  Reals<N> &i = gate[0], &f = gate[1], &g = gate[2], &o = gate[3];
  Reals<N> out = variant.cell_output.values(cell.bounded);
  Reals<N> slope_out = variant.cell_output.slopes(out);
  Reals<N> slope_o = variant.gate.slopes(o);
  Reals<N> d_o;
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    d_o[k] = d_h[k] * out[k] * slope_o[k];
    d_cell[k] = fmaf(d_h[k] * o[k], slope_out[k], d_cell[k]);
  }
  if (variant.peephole != nullptr) {
    add_product<N>(variant.peephole + 2 * units + unit, d_o, d_cell);
  }
  Reals<N> d_i = variant.gate.slopes(i);
  Reals<N> d_f = variant.gate.slopes(f);
  Reals<N> d_g = variant.activation.slopes(g);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    float d = variant.exceeds(cell.sum[k]) ? 0.0f : d_cell[k];
    d_i[k] = variant.coupled ? 0.0f : d * g[k] * d_i[k];
    d_f[k] = d * (variant.coupled ? old[k] - g[k] : old[k]) * d_f[k];
    d_g[k] = d * i[k] * d_g[k];
    d_cell[k] = d * f[k];
  }
  if (variant.peephole != nullptr) {
    add_product<N>(variant.peephole + unit, d_i, d_cell);
    add_product<N>(variant.peephole + units + unit, d_f, d_cell);
  }
  i = d_i;
  f = d_f;
  g = d_g;
  o = d_o;
}

inline bool is_valid(const carousel_lstm_variant &variant) {
  return is_valid(variant.gate) && is_valid(variant.activation) && is_valid(variant.cell_output) && variant.clip >= 0;
}

// Calls work with the standard cell, which is a type of its own, or with what the variant says. Values of gates are
// stored as T; that of cell_output is not stored, but computed again.
template <class T, class Work>
carousel_status with_variant(const carousel_lstm_variant &variant, Work work) {
  if (is_plain(variant.gate, CAROUSEL_SIGMOID) && is_plain(variant.activation, CAROUSEL_TANH) &&
      is_plain(variant.cell_output, CAROUSEL_TANH) && variant.coupled == 0 && variant.clip == 0 &&
      variant.peephole == nullptr) {
    return work(StandardLstm{});
  }
  return work(GeneralLstm{Chosen::stored_as<T>(variant.gate), Chosen::stored_as<T>(variant.activation),
                          Chosen::stored_as<float>(variant.cell_output), variant.coupled != 0,
                          variant.clip > 0 ? variant.clip : INFINITY, variant.peephole});
}

}  // namespace carousel
