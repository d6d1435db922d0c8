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
    Reals<N> x[3], u[3];
    CAROUSEL_UNROLL
    for (int k = 0; k < 3; k++) {
      x[k] = load<N>(x_gates.at(row, k * units + unit));
      u[k] = load<N>(h_gates.at(row, k * units + unit));
    }
    CAROUSEL_UNROLL
    for (int k = 0; k < 3; k++) {
      add(load_or_zero<N>(bias, k * units + unit), x[k]);
    }
    add(load_or_zero<N>(bias, 3 * units + unit), u[2]);
    Reals<N> state = load<N>(h.at(row, unit));
    store_if_given<N>(h_prev, row, unit, state);
    gru_forward<N>(variant, x, u, state);
    CAROUSEL_UNROLL
    for (int k = 0; k < 3; k++) {
      store<N>(x_gates.at(row, k * units + unit), x[k]);
    }
    store<N>(h_gates.at(row, 2 * units + unit), u[2]);
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
    Reals<N> x[3];
    CAROUSEL_UNROLL
    for (int k = 0; k < 3; k++) {
      x[k] = load<N>(x_gates.at(row, k * units + unit));
    }
    Reals<N> u_n = load<N>(h_gates.at(row, 2 * units + unit));
    Reals<N> old = load<N>(h_prev.at(row, unit));
    Reals<N> d_h = load<N>(dh.at(row, unit));
    Reals<N> d_u;
    add(load_or_zero<N>(d_output, row, unit), d_h);
    gru_backward<N>(variant, x, u_n, old, d_h, d_u);
    CAROUSEL_UNROLL
    for (int k = 0; k < 3; k++) {
      store<N>(x_gates.at(row, k * units + unit), x[k]);
      store<N>(h_gates.at(row, k * units + unit), k < 2 ? x[k] : d_u);
    }
    store<N>(dh.at(row, unit), d_h);
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
