// The GRU whose reset gate acts after the recurrent product, as cuDNN and PyTorch have it.
#include "gru.cuh"

namespace carousel {

template <class T, class Variant>
struct GruForward {
  Variant variant;
  int64_t units;
  View<T> x_gates;
  View<T> h_gates;
  const float *bias;
  View<float> h;
  View<T> h_prev;
  View<float> output;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> r = load<N>(x_gates.at(row, unit));
    Reals<N> z = load<N>(x_gates.at(row, units + unit));
    Reals<N> n = load<N>(x_gates.at(row, 2 * units + unit));
    Reals<N> u_r = load<N>(h_gates.at(row, unit));
    Reals<N> u_z = load<N>(h_gates.at(row, units + unit));
    Reals<N> u_n = load<N>(h_gates.at(row, 2 * units + unit));
    Reals<N> b_r = load_or_zero<N>(bias, unit);
    Reals<N> b_z = load_or_zero<N>(bias, units + unit);
    Reals<N> b_in = load_or_zero<N>(bias, 2 * units + unit);
    Reals<N> b_hn = load_or_zero<N>(bias, 3 * units + unit);
    Reals<N> state = load<N>(h.at(row, unit));
    store_if_given<N>(h_prev, row, unit, state);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      r[k] = variant.gate.value(r[k] + u_r[k] + b_r[k]);
      z[k] = variant.gate.value(z[k] + u_z[k] + b_z[k]);
      u_n[k] += b_hn[k];
      n[k] = variant.activation.value(fmaf(r[k], u_n[k], n[k] + b_in[k]));
      state[k] = blend(z[k], n[k], state[k]);
    }
    store<N>(x_gates.at(row, unit), r);
    store<N>(x_gates.at(row, units + unit), z);
    store<N>(x_gates.at(row, 2 * units + unit), n);
    store<N>(h_gates.at(row, 2 * units + unit), u_n);
    store<N>(h.at(row, unit), state);
    store<N>(output.at(row, unit), state);
  }
};

template <class T, class Variant>
struct GruBackward {
  Variant variant;
  int64_t units;
  View<T> x_gates;
  View<T> h_gates;
  View<T> h_prev;
  View<float> d_output;
  View<float> dh;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> r = load<N>(x_gates.at(row, unit));
    Reals<N> z = load<N>(x_gates.at(row, units + unit));
    Reals<N> n = load<N>(x_gates.at(row, 2 * units + unit));
    Reals<N> u_n = load<N>(h_gates.at(row, 2 * units + unit));
    Reals<N> old = load<N>(h_prev.at(row, unit));
    Reals<N> d = load<N>(dh.at(row, unit));
    Reals<N> more = load_or_zero<N>(d_output, row, unit);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      float d_h = d[k] + more[k];
      float d_n = d_h * (1.0f - z[k]) * variant.activation.slope(n[k]);
      float d_z = d_h * (old[k] - n[k]) * variant.gate.slope(z[k]);
      float d_r = d_n * u_n[k] * variant.gate.slope(r[k]);
      d[k] = d_h * z[k];
      u_n[k] = d_n * r[k];
      r[k] = d_r;
      z[k] = d_z;
      n[k] = d_n;
    }
    store<N>(x_gates.at(row, unit), r);
    store<N>(x_gates.at(row, units + unit), z);
    store<N>(x_gates.at(row, 2 * units + unit), n);
    store<N>(h_gates.at(row, unit), r);
    store<N>(h_gates.at(row, units + unit), z);
    store<N>(h_gates.at(row, 2 * units + unit), u_n);
    store<N>(dh.at(row, unit), d);
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_gru_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                     int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                     const float *bias, carousel_view h, carousel_view h_prev, carousel_view output) {
  return with_real(operand, [&](auto zero) {
    return with_variant(variant, [&](auto known) {
      using T = decltype(zero);
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruForward<T, decltype(known)> body{known,
                                          units,
                                          given.matrix<T>(x_gates, 3),
                                          given.matrix<T>(h_gates, 3),
                                          given.optional_vector(bias, 4),
                                          given.matrix<float>(h),
                                          given.optional<T>(h_prev),
                                          given.matrix<float>(output)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_gru_backward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                      int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                      carousel_view h_prev, carousel_view d_output, carousel_view dh) {
  return with_real(operand, [&](auto zero) {
    return with_variant(variant, [&](auto known) {
      using T = decltype(zero);
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruBackward<T, decltype(known)> body{known,
                                           units,
                                           given.matrix<T>(x_gates, 3),
                                           given.matrix<T>(h_gates, 3),
                                           given.matrix<T>(h_prev),
                                           given.optional<float>(d_output),
                                           given.matrix<float>(dh)};
      return for_each(stream, given, body);
    });
  });
}
