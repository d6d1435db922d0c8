// The LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) and its variants.
#include "carousel/lstm.h"

#include "each.cuh"
#include "functions.cuh"

namespace carousel {

// What the compiler knows of the standard cell: nothing is left to decide at run time.
struct StandardLstm {
  Fixed<CAROUSEL_SIGMOID> gate;
  Fixed<CAROUSEL_TANH> activation;
  static constexpr bool coupled = false;
  static constexpr float clip = 0;
  static constexpr const float *peephole = nullptr;
};

struct GeneralLstm {
  Chosen gate;
  Chosen activation;
  bool coupled;
  float clip;
  const float *peephole;
};

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
    if (c_prev.given()) {
      store<N>(c_prev.at(row, unit), cell);
    }
    if (h_prev.given()) {
      Move<N, T, T>::run(h.at(row, unit), h_prev.at(row, unit));
    }
    if (variant.peephole != nullptr) {
      look<N>(0, unit, cell, i);
      look<N>(1, unit, cell, f);
    }
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      f[k] = variant.gate.value(f[k]);
      i[k] = variant.coupled ? 1.0f - f[k] : variant.gate.value(i[k]);
      g[k] = variant.activation.value(g[k]);
      cell[k] = fmaf(f[k], cell[k], i[k] * g[k]);
      if (variant.clip > 0) {
        cell[k] = clamp(cell[k], variant.clip);
      }
    }
    store<N>(c.at(row, unit), cell);
    if (variant.peephole != nullptr) {
      look<N>(2, unit, cell, o);
    }
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      o[k] = variant.gate.value(o[k]);
      cell[k] = o[k] * variant.activation.value(cell[k]);
    }
    store<N>(gates.at(row, unit), i);
    store<N>(gates.at(row, units + unit), f);
    store<N>(gates.at(row, 2 * units + unit), g);
    store<N>(gates.at(row, 3 * units + unit), o);
    store_if_given<N>(h, row, unit, cell);
    store<N>(output.at(row, unit), cell);
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

  // The gate sees the cell through its peephole weights.
  template <int N>
  __device__ void look(int peephole, int64_t unit, const Reals<N> &cell, Reals<N> &z) const {
    Reals<N> p = load<N>(variant.peephole + peephole * units + unit);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      z[k] = fmaf(p[k], cell[k], z[k]);
    }
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
    Reals<N> d = load_or_zero<N>(dh, row, unit);
    Reals<N> more = load_or_zero<N>(d_output, row, unit);
    Reals<N> p_i = load_or_zero<N>(variant.peephole, unit);
    Reals<N> p_f = load_or_zero<N>(variant.peephole == nullptr ? nullptr : variant.peephole + units, unit);
    Reals<N> p_o = load_or_zero<N>(variant.peephole == nullptr ? nullptr : variant.peephole + 2 * units, unit);
    Reals<N> bounded;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      float input = variant.coupled ? 1.0f - f[k] : i[k];
      float sum = fmaf(f[k], old[k], input * g[k]);
      bounded[k] = variant.clip > 0 ? clamp(sum, variant.clip) : sum;
      float out = variant.activation.value(bounded[k]);
      float d_h = d[k] + more[k];
      float d_o = d_h * out * variant.gate.slope(o[k]);
      float d_c = fmaf(d_h * o[k], variant.activation.slope(out), d_cell[k]);
      if (variant.peephole != nullptr) {
        d_c = fmaf(d_o, p_o[k], d_c);
      }
      if (variant.clip > 0 && fabsf(sum) > variant.clip) {
        d_c = 0;
      }
      float d_i = variant.coupled ? 0.0f : d_c * g[k] * variant.gate.slope(i[k]);
      float d_f = d_c * (variant.coupled ? old[k] - g[k] : old[k]) * variant.gate.slope(f[k]);
      float d_g = d_c * input * variant.activation.slope(g[k]);
      d_cell[k] = d_c * f[k];
      if (variant.peephole != nullptr) {
        d_cell[k] = fmaf(d_i, p_i[k], fmaf(d_f, p_f[k], d_cell[k]));
      }
      i[k] = d_i;
      f[k] = d_f;
      g[k] = d_g;
      o[k] = d_o;
    }
    store<N>(gates.at(row, unit), i);
    store<N>(gates.at(row, units + unit), f);
    store<N>(gates.at(row, 2 * units + unit), g);
    store<N>(gates.at(row, 3 * units + unit), o);
    store<N>(dc.at(row, unit), d_cell);
    store_if_given<N>(cell, row, unit, bounded);
  }
};

inline bool is_valid(const carousel_lstm_variant &variant) {
  return is_activation(variant.gate) && is_activation(variant.activation) && variant.clip >= 0;
}

// Calls work with the standard cell, which is a type of its own, or with what the variant says.
template <class Work>
carousel_status with_variant(const carousel_lstm_variant &variant, Work work) {
  if (variant.gate == CAROUSEL_SIGMOID && variant.activation == CAROUSEL_TANH && variant.coupled == 0 &&
      variant.clip == 0 && variant.peephole == nullptr) {
    return work(StandardLstm{});
  }
  return work(GeneralLstm{Chosen{variant.gate}, Chosen{variant.activation}, variant.coupled != 0, variant.clip,
                          variant.peephole});
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_lstm_forward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                      int32_t n, int32_t units, carousel_view gates, const float *bias,
                                      carousel_view c, carousel_view c_prev, carousel_view h, carousel_view h_prev,
                                      carousel_view output) {
  return with_real(operand, [&](auto zero) {
    return with_variant(variant, [&](auto known) {
      using T = decltype(zero);
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
    return with_variant(variant, [&](auto known) {
      using T = decltype(zero);
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
