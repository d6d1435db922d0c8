// The LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) and its variants.
#include "carousel/lstm.h"

#include "each.cuh"
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

template <class T, class Variant>
struct LstmForward {
  Variant variant;
  int64_t units;
  View<T> gates;
  const float *bias;
  View<float> c;
  View<float> c_prev;
  View<T> h;
  View<T> h_prev;
  View<float> output;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> i = load_gate<N>(0, row, unit);
    Reals<N> f = load_gate<N>(1, row, unit);
    Reals<N> g = load_gate<N>(2, row, unit);
    Reals<N> o = load_gate<N>(3, row, unit);
    Reals<N> cell = load<N>(c.at(row, unit));
    // a store waits for its value: all loads come first
    Reals<N> old_h = load_if<N>(h_prev.given(), h, row, unit);
    store_if_given<N>(c_prev, row, unit, cell);
    store_if_given<N>(h_prev, row, unit, old_h);
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
    store<N>(c.at(row, unit), cell);
    if (variant.peephole != nullptr) {
      add_product<N>(variant.peephole + 2 * units + unit, cell, o);
    }
    o = variant.gate.values(o);
    Reals<N> out = variant.cell_output.values(cell);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      out[k] *= o[k];
    }
    store<N>(gates.at(row, unit), i);
    store<N>(gates.at(row, units + unit), f);
    store<N>(gates.at(row, 2 * units + unit), g);
    store<N>(gates.at(row, 3 * units + unit), o);
    store_if_given<N>(h, row, unit, out);
    store<N>(output.at(row, unit), out);
  }

 private:
  template <int N>
  __device__ Reals<N> load_gate(int gate, int64_t row, int64_t unit) const {
    Reals<N> z = load<N>(gates.at(row, gate * units + unit));
    Reals<N> shift = load_or_zero<N>(bias, gate * units + unit);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      z[k] += shift[k];
    }
    return z;
  }
};

template <class T, class Variant>
struct LstmBackward {
  Variant variant;
  int64_t units;
  View<T> gates;
  View<float> c_prev;
  View<float> d_output;
  View<float> dh;
  View<float> dc;
  View<float> cell;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> i = load<N>(gates.at(row, unit));
    Reals<N> f = load<N>(gates.at(row, units + unit));
    Reals<N> g = load<N>(gates.at(row, 2 * units + unit));
    Reals<N> o = load<N>(gates.at(row, 3 * units + unit));
    Reals<N> old = load<N>(c_prev.at(row, unit));
    Reals<N> d_cell = load<N>(dc.at(row, unit));
    Reals<N> d_h = load_or_zero<N>(dh, row, unit);
    Reals<N> more = load_or_zero<N>(d_output, row, unit);
    Reals<N> sum;
    Reals<N> bounded;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      sum[k] = fmaf(f[k], old[k], i[k] * g[k]);
      bounded[k] = variant.bound(sum[k]);
      d_h[k] += more[k];
    }
    store_if_given<N>(cell, row, unit, bounded);
    Reals<N> out = variant.cell_output.values(bounded);
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
      float d = variant.exceeds(sum[k]) ? 0.0f : d_cell[k];
      d_i[k] = variant.coupled ? 0.0f : d * g[k] * d_i[k];
      d_f[k] = d * (variant.coupled ? old[k] - g[k] : old[k]) * d_f[k];
      d_g[k] = d * i[k] * d_g[k];
      d_cell[k] = d * f[k];
    }
    if (variant.peephole != nullptr) {
      add_product<N>(variant.peephole + unit, d_i, d_cell);
      add_product<N>(variant.peephole + units + unit, d_f, d_cell);
    }
    store<N>(gates.at(row, unit), d_i);
    store<N>(gates.at(row, units + unit), d_f);
    store<N>(gates.at(row, 2 * units + unit), d_g);
    store<N>(gates.at(row, 3 * units + unit), d_o);
    store<N>(dc.at(row, unit), d_cell);
  }
};

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

using namespace carousel;

carousel_status carousel_lstm_forward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                      int32_t n, int32_t units, carousel_view gates, const float *bias,
                                      carousel_view c, carousel_view c_prev, carousel_view h, carousel_view h_prev,
                                      carousel_view output) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<float>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      given.require(h_prev.data == nullptr || h.data != nullptr);
      given.optional_vector(variant.peephole, 3);
      LstmForward<T, decltype(known)> body{known,
                                           units,
                                           given.matrix<T>(gates, 4),
                                           given.optional_vector(bias, 4),
                                           given.matrix<float>(c),
                                           given.optional<float>(c_prev),
                                           given.optional<T>(h),
                                           given.optional<T>(h_prev),
                                           given.matrix<float>(output)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_lstm_backward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                       int32_t n, int32_t units, carousel_view gates, carousel_view c_prev,
                                       carousel_view d_output, carousel_view dh, carousel_view dc, carousel_view cell) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<T>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      given.optional_vector(variant.peephole, 3);
      LstmBackward<T, decltype(known)> body{known,
                                            units,
                                            given.matrix<T>(gates, 4),
                                            given.matrix<float>(c_prev),
                                            given.optional<float>(d_output),
                                            given.optional<float>(dh),
                                            given.matrix<float>(dc),
                                            given.optional<float>(cell)};
      return for_each(stream, given, body);
    });
  });
}
