// Elman's cell (Elman 1990), with any activation.
#include "carousel/rnn.h"

#include "each.cuh"
#include "functions.cuh"

namespace carousel {

template <class T, class F>
struct RnnForward {
  F f;
  View<T> gates;
  const float *bias;
  View<T> h;
  View<T> h_prev;
  View<float> output;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> a = load<N>(gates.at(row, unit));
    Reals<N> shift = load_or_zero<N>(bias, unit);
    Reals<N> old_h = load_if<N>(h_prev.given(), h, row, unit);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      a[k] += shift[k];
    }
    a = f.values(a);
    store_if_given<N>(h_prev, row, unit, old_h);
    store<N>(gates.at(row, unit), a);
    store<N>(h.at(row, unit), a);
    store<N>(output.at(row, unit), a);
  }
};

template <class T, class F>
struct RnnBackward {
  F f;
  View<T> gates;
  View<float> d_output;
  View<float> dh;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    Reals<N> a = load<N>(gates.at(row, unit));
    Reals<N> d = load<N>(dh.at(row, unit));
    Reals<N> more = load_or_zero<N>(d_output, row, unit);
    Reals<N> slope = f.slopes(a);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      d[k] = slope[k] * (d[k] + more[k]);
    }
    store<N>(gates.at(row, unit), d);
  }
};

// Calls work with tanh as the compiler knows it, or with what is chosen at run time, whose values are stored as T.
template <class T, class Work>
carousel_status with_function(const carousel_activation &f, Work work) {
  return is_plain(f, CAROUSEL_TANH) ? work(Fixed<Tanh>{}) : work(Chosen::stored_as<T>(f));
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_rnn_forward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                     int32_t units, carousel_view gates, const float *bias, carousel_view h,
                                     carousel_view h_prev, carousel_view output) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_function<float>(f, [&](auto function) {
      Arguments given(n, units);
      given.require(is_valid(f));
      RnnForward<T, decltype(function)> body{function,
                                             given.matrix<T>(gates),
                                             given.optional_vector(bias),
                                             given.matrix<T>(h),
                                             given.optional<T>(h_prev),
                                             given.matrix<float>(output)};
      return for_each(stream, given, body);
    });
  });
}

carousel_status carousel_rnn_backward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                      int32_t units, carousel_view gates, carousel_view d_output, carousel_view dh) {
  return with_real(operand, [&](auto zero) {
    using T = decltype(zero);
    return with_function<T>(f, [&](auto function) {
      Arguments given(n, units);
      given.require(is_valid(f));
      RnnBackward<T, decltype(function)> body{function, given.matrix<T>(gates), given.optional<float>(d_output),
                                              given.matrix<float>(dh)};
      return for_each(stream, given, body);
    });
  });
}
