// One step of the LSTM and its variants, element by element.
#include "carousel/lstm.h"

#include "each.cuh"
#include "lstm.cuh"

namespace carousel {

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
    Reals<N> gate[4];
    CAROUSEL_UNROLL
    for (int k = 0; k < 4; k++) {
      gate[k] = load_gate<N>(k, row, unit);
    }
    Reals<N> cell = load<N>(c.at(row, unit));
    // a store waits for its value: all loads come first
    Reals<N> old_h = load_if<N>(h_prev.given(), h, row, unit);
    store_if_given<N>(c_prev, row, unit, cell);
    store_if_given<N>(h_prev, row, unit, old_h);
    Reals<N> out = lstm_forward<N>(variant, units, unit, gate, cell);
    store<N>(c.at(row, unit), cell);
    CAROUSEL_UNROLL
    for (int k = 0; k < 4; k++) {
      store<N>(gates.at(row, k * units + unit), gate[k]);
    }
    store_if_given<N>(h, row, unit, out);
    store<N>(output.at(row, unit), out);
  }

 private:
  template <int N>
  __device__ Reals<N> load_gate(int gate, int64_t row, int64_t unit) const {
    Reals<N> z = load<N>(gates.at(row, gate * units + unit));
    add(load_or_zero<N>(bias, gate * units + unit), z);
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
    Reals<N> gate[4];
    CAROUSEL_UNROLL
    for (int k = 0; k < 4; k++) {
      gate[k] = load<N>(gates.at(row, k * units + unit));
    }
    Reals<N> old = load<N>(c_prev.at(row, unit));
    Reals<N> d_cell = load<N>(dc.at(row, unit));
    Reals<N> d_h = load_or_zero<N>(dh, row, unit);
    add(load_or_zero<N>(d_output, row, unit), d_h);
    Cell<N> state = lstm_cell<N>(variant, gate, old);
    store_if_given<N>(cell, row, unit, state.bounded);
    lstm_backward<N>(variant, units, unit, gate, old, state, d_h, d_cell);
    CAROUSEL_UNROLL
    for (int k = 0; k < 4; k++) {
      store<N>(gates.at(row, k * units + unit), gate[k]);
    }
    store<N>(dc.at(row, unit), d_cell);
  }
};

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
