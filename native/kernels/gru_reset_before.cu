// The GRU whose reset gate acts before the recurrent product (Cho et al. 2014), in two halves around that product.
#include "gru.cuh"

namespace carousel {

template <class T, class Variant>
struct GruResetForward {
  Variant variant;
  int64_t units;
  View<T> gates;
  const float *bias;
  View<float> h;
  View<T> reset_h;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> r = load<N>(gates.at(row, unit));
    Reals<N> z = load<N>(gates.at(row, units + unit));
    Reals<N> b_r = load_or_zero<N>(bias, unit);
    Reals<N> b_z = load_or_zero<N>(bias, units + unit);
    Reals<N> state = load<N>(h.at(row, unit));
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      r[k] += b_r[k];
      z[k] += b_z[k];
    }
    r = variant.gate.values(r);
    z = variant.gate.values(z);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      state[k] *= r[k];
    }
    store<N>(gates.at(row, unit), r);
    store<N>(gates.at(row, units + unit), z);
    store<N>(reset_h.at(row, unit), state);
  }
};

template <class T, class Variant>
struct GruCandidateForward {
  Variant variant;
  int64_t units;
  View<T> gates;
  const float *bias;
  View<float> h;
  View<T> h_prev;
  View<float> output;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> z = load<N>(gates.at(row, units + unit));
    Reals<N> n = load<N>(gates.at(row, 2 * units + unit));
    Reals<N> b_in = load_or_zero<N>(bias, 2 * units + unit);
    Reals<N> b_hn = load_or_zero<N>(bias, 3 * units + unit);
    Reals<N> state = load<N>(h.at(row, unit));
    store_if_given<N>(h_prev, row, unit, state);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      n[k] += b_in[k] + b_hn[k];
    }
    n = variant.activation.values(n);
    blend(z, n, state);
    store<N>(gates.at(row, 2 * units + unit), n);
    store<N>(h.at(row, unit), state);
    store<N>(output.at(row, unit), state);
  }
};

template <class T, class Variant>
struct GruCandidateBackward {
  Variant variant;
  int64_t units;
  View<T> gates;
  View<T> h_prev;
  View<float> d_output;
  View<float> dh;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> z = load<N>(gates.at(row, units + unit));
    Reals<N> n = load<N>(gates.at(row, 2 * units + unit));
    Reals<N> old = load<N>(h_prev.at(row, unit));
    Reals<N> d = load<N>(dh.at(row, unit));
    Reals<N> more = load_or_zero<N>(d_output, row, unit);
    Reals<N> d_z = variant.gate.slopes(z);
    Reals<N> d_n = variant.activation.slopes(n);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      float d_h = d[k] + more[k];
      d_n[k] *= d_h * (1.0f - z[k]);
      d_z[k] *= d_h * (old[k] - n[k]);
      d[k] = d_h * z[k];
    }
    store<N>(gates.at(row, units + unit), d_z);
    store<N>(gates.at(row, 2 * units + unit), d_n);
    store<N>(dh.at(row, unit), d);
  }
};

template <class T, class Variant>
struct GruResetBackward {
  Variant variant;
  View<T> gates;
  View<float> d_reset_h;
  View<T> h_prev;
  View<float> dh;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> r = load<N>(gates.at(row, unit));
    Reals<N> d = load<N>(d_reset_h.at(row, unit));
    Reals<N> old = load<N>(h_prev.at(row, unit));
    Reals<N> d_h = load<N>(dh.at(row, unit));
    Reals<N> d_r = variant.gate.slopes(r);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      d_h[k] = fmaf(d[k], r[k], d_h[k]);
      d_r[k] *= d[k] * old[k];
    }
    store<N>(gates.at(row, unit), d_r);
    store<N>(dh.at(row, unit), d_h);
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_gru_reset_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                           int32_t n, int32_t units, carousel_view gates, const float *bias,
                                           carousel_view h, carousel_view reset_h) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<float>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruResetForward<T, decltype(known)> body{known,
                                               units,
                                               given.matrix<T>(gates, 3),
                                               given.optional_vector(bias, 4),
                                               given.matrix<float>(h),
                                               given.matrix<T>(reset_h)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_gru_candidate_forward(carousel_stream stream, carousel_type operand,
                                               carousel_gru_variant variant, int32_t n, int32_t units,
                                               carousel_view gates, const float *bias, carousel_view h,
                                               carousel_view h_prev, carousel_view output) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<float>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruCandidateForward<T, decltype(known)> body{known,
                                                   units,
                                                   given.matrix<T>(gates, 3),
                                                   given.optional_vector(bias, 4),
                                                   given.matrix<float>(h),
                                                   given.optional<T>(h_prev),
                                                   given.matrix<float>(output)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_gru_candidate_backward(carousel_stream stream, carousel_type operand,
                                                carousel_gru_variant variant, int32_t n, int32_t units,
                                                carousel_view gates, carousel_view h_prev, carousel_view d_output,
                                                carousel_view dh) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<T>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruCandidateBackward<T, decltype(known)> body{known,
                                                    units,
                                                    given.matrix<T>(gates, 3),
                                                    given.matrix<T>(h_prev),
                                                    given.optional<float>(d_output),
                                                    given.matrix<float>(dh)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_gru_reset_backward(carousel_stream stream, carousel_type operand,
                                            carousel_gru_variant variant, int32_t n, int32_t units,
                                            carousel_view gates, carousel_view d_reset_h, carousel_view h_prev,
                                            carousel_view dh) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_variant<T>(variant, [&](auto known) {
      Arguments given(n, units);
      given.require(is_valid(variant));
      GruResetBackward<T, decltype(known)> body{known, given.matrix<T>(gates, 3), given.matrix<float>(d_reset_h),
                                                given.matrix<T>(h_prev), given.matrix<float>(dh)};
      return for_each(stream, given, body);
    });
  });
}
