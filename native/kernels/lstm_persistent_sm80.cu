// All time steps of an LSTM layer in one launch.
#include "lstm.cuh"
#include "persistent_pass.cuh"
#include "persistent_replay.cuh"

namespace carousel {

template <class Type>
struct LstmStepForward {
  using T = Type;
  static constexpr int gates = 4;
  static constexpr int all_sums = gates;
  using Steady = Reals<gates>; // bias

  struct Ahead {
    T gate[gates];
  };

  StandardLstm variant;
  int64_t units;
  View<T> activations;
  const float *bias;
  View<T> h;
  View<float> c;
  View<float> c_prev;
  View<T> h_prev;
  View<float> output;
  View<float> cell;

  __device__ Steady steady(int64_t unit) const {
    Steady all{};
    CAROUSEL_UNROLL
    for (int k = 0; k < gates && bias != nullptr; k++) {
      all[k] = bias[k * units + unit];
    }
    return all;
  }

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    Ahead ahead{};
    if (activations.given()) {
      CAROUSEL_UNROLL
      for (int k = 0; k < gates; k++) {
        ahead.gate[k] = *activations.at(row, k * units + unit);
      }
    }
    return ahead;
  }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = h.given() ? to_float(*h.at(row, unit)) : 0.0f;
    own[1] = *c.at(row, unit);
  }

  struct Result {
    Reals<1> gate[gates];
    Reals<1> c_prev, h_prev, output, cell;
  };

  __device__ Result step(const Steady &bias_of_unit, const Ahead &ahead, const float (&sums)[gates],
                         float (&own)[2]) const {
    Result result{{}, {own[1]}, {own[0]}, {}, {own[1]}};
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      result.gate[k][0] = to_float(ahead.gate[k]) + bias_of_unit[k] + sums[k];
    }
    result.output = lstm_forward<1>(variant, units, 0, result.gate, result.cell);
    own[0] = rounded<T>(result.output[0]); // as products see it
    own[1] = result.cell[0];
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      store_if_given<1>(activations, row, k * units + unit, result.gate[k]);
    }
    store_if_given<1>(c_prev, row, unit, result.c_prev);
    store_if_given<1>(h_prev, row, unit, result.h_prev);
    store_if_given<1>(cell, row, unit, result.cell);
    store_if_given<1>(output, row, unit, result.output);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const {
    if (h.given()) {
      set(*h.at(row, unit), own[0]);
    }
    *c.at(row, unit) = own[1];
  }
};

template <class Type>
struct LstmStepBackward {
  using T = Type;
  static constexpr int gates = 4;

  struct Ahead {
    T gate[gates];
    float c_prev;
    float d_output;
  };

  StandardLstm variant;
  int64_t units;
  View<T> factor;
  View<float> c_prev;
  View<float> d_output;
  View<float> dh;
  View<float> dc;
  View<float> dh_all;

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    Ahead ahead;
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      ahead.gate[k] = *factor.at(row, k * units + unit);
    }
    ahead.c_prev = *c_prev.at(row, unit);
    ahead.d_output = d_output.given() ? *d_output.at(row, unit) : 0.0f;
    return ahead;
  }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = *dh.at(row, unit);
    own[1] = *dc.at(row, unit);
  }

  struct Result {
    T handed[gates];
    Reals<1> d_h;
  };

  __device__ Result step(const Ahead &ahead, float (&own)[2]) const {
    Result result{{}, {own[0] + ahead.d_output}};
    Reals<1> gate[gates];
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      gate[k][0] = to_float(ahead.gate[k]);
    }
    Reals<1> old{ahead.c_prev};
    Reals<1> d_cell{own[1]};
    Cell<1> state = lstm_cell<1>(variant, gate, old);
    lstm_backward<1>(variant, units, 0, gate, old, state, result.d_h, d_cell);
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      set(result.handed[k], gate[k][0]);
    }
    own[0] = 0.0f; // all of it goes through the product
    own[1] = d_cell[0];
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    store_if_given<1>(dh_all, row, unit, result.d_h);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const {
    *dh.at(row, unit) = own[0];
    *dc.at(row, unit) = own[1];
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_lstm_persistent_forward(carousel_stream stream, carousel_type operand,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view gates, const float *bias, carousel_view h,
                                                 carousel_view c, carousel_view c_prev, carousel_view h_prev,
                                                 carousel_view output, carousel_view cell, void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    LstmStepForward<T> body{StandardLstm{},
                            units,
                            given.rows.matrix<T>(gates, 4),
                            given.rows.optional_vector(bias, 4),
                            given.states.matrix<T>(h),
                            given.states.matrix<float>(c),
                            given.rows.optional<float>(c_prev),
                            given.rows.optional<T>(h_prev),
                            given.rows.matrix<float>(output),
                            given.rows.optional<float>(cell)};
    return pass.forward<Format>(CAROUSEL_LSTM, given, body, body.h, given.weight.matrix<T>(weight));
  });
}

carousel_status carousel_lstm_persistent_infer(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                               int32_t units, int32_t inputs, carousel_persistent_layout layout,
                                               carousel_view weight_ih, carousel_view weight_hh, carousel_view x,
                                               const float *bias, carousel_view h, carousel_view c,
                                               carousel_view output, void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    InputArguments given_inputs(packing, units, inputs);
    LstmStepForward<T> body{StandardLstm{},
                            units,
                            View<T>{},
                            given.rows.optional_vector(bias, 4),
                            given.states.matrix<T>(h),
                            given.states.matrix<float>(c),
                            View<float>{},
                            View<T>{},
                            given.rows.matrix<float>(output),
                            View<float>{}};
    Inputs<T> multiplied = given_inputs.inputs<T>(x, weight_ih, false);
    View<T> weight = given.weight.matrix<T>(weight_hh);
    return given_inputs.valid() ? pass.forward<Format>(CAROUSEL_LSTM, given, body, body.h, weight, multiplied)
                                : CAROUSEL_INVALID_ARGUMENT;
  });
}

carousel_status carousel_lstm_replay(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                     int32_t units, carousel_view products, carousel_view gates, const float *bias,
                                     carousel_view c, carousel_view c_prev) {
  return with_format(operand, [&](auto format) {
    using T = Stored<decltype(format)>;
    PackedArguments given(packing, units);
    LstmStepForward<T> body{StandardLstm{},
                            units,
                            given.rows.matrix<T>(gates, 4),
                            given.rows.optional_vector(bias, 4),
                            View<T>{},
                            given.states.matrix<float>(c),
                            given.rows.matrix<float>(c_prev),
                            View<T>{},
                            View<float>{},
                            View<float>{}};
    return replay(stream, packing, units, given, body, given.rows.matrix<float>(products, 4));
  });
}

carousel_status carousel_lstm_persistent_backward(carousel_stream stream, carousel_type operand,
                                                  carousel_packing packing, int32_t units,
                                                  carousel_persistent_layout layout, carousel_view weight,
                                                  carousel_view gates, carousel_view c_prev, carousel_view d_output,
                                                  carousel_view dh, carousel_view dc, carousel_view dh_all,
                                                  void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    LstmStepBackward<T> body{StandardLstm{},
                             units,
                             given.rows.matrix<T>(gates, 4),
                             given.rows.matrix<float>(c_prev),
                             given.rows.optional<float>(d_output),
                             given.states.matrix<float>(dh),
                             given.states.matrix<float>(dc),
                             given.rows.optional<float>(dh_all)};
    return pass.backward<Format>(CAROUSEL_LSTM, given, body, given.weight.matrix<T>(weight));
  });
}
