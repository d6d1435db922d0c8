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
      r[k] += u_r[k] + b_r[k];
      z[k] += u_z[k] + b_z[k];
      u_n[k] += b_hn[k];
    }
    r = variant.gate.values(r);
    z = variant.gate.values(z);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      n[k] = fmaf(r[k], u_n[k], n[k] + b_in[k]);
    }
    n = variant.activation.values(n);
    blend(z, n, state);
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
    Reals<N> d_r = variant.gate.slopes(r);
    Reals<N> d_z = variant.gate.slopes(z);
    Reals<N> d_n = variant.activation.slopes(n);
    Reals<N> d_u;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      float d_h = d[k] + more[k];
      d_n[k] *= d_h * (1.0f - z[k]);
      d_z[k] *= d_h * (old[k] - n[k]);
      d_r[k] *= d_n[k] * u_n[k];
      d_u[k] = d_n[k] * r[k];
      d[k] = d_h * z[k];
    }
    store<N>(x_gates.at(row, unit), d_r);
    store<N>(x_gates.at(row, units + unit), d_z);
    store<N>(x_gates.at(row, 2 * units + unit), d_n);
    store<N>(h_gates.at(row, unit), d_r);
    store<N>(h_gates.at(row, units + unit), d_z);
    store<N>(h_gates.at(row, 2 * units + unit), d_u);
    store<N>(dh.at(row, unit), d);
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_gru_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                     int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                     const float *bias, carousel_view h, carousel_view h_prev, carousel_view output) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<float>(variant, [&](auto known) {
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
    using T = decltype(zero);
    return with_variant<T>(variant, [&](auto known) {
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
