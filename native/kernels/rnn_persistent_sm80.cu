// All time steps of Elman's cell in one launch.
#include "carousel/rnn.h"

#include "functions.cuh"
#include "persistent_pass.cuh"
#include "persistent_replay.cuh"

namespace carousel {

template <class Type, class F>
struct RnnStepForward {
  using T = Type;
  static constexpr int gates = 1;
  static constexpr int all_sums = gates;
  using Steady = float; // bias
  using Ahead = Type;

  F f;
  View<T> states;
  const float *bias;
  View<T> h;
  View<T> h_prev;
  View<float> output;

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    Ahead ahead{};
    if (states.given()) {
      ahead = *states.at(row, unit);
    }
    return ahead;
  }

  __device__ Steady steady(int64_t unit) const { return bias == nullptr ? 0.0f : bias[unit]; }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = h.given() ? to_float(*h.at(row, unit)) : 0.0f;
    own[1] = 0.0f;
  }

  struct Result {
    Reals<1> h_prev, h;
  };

  __device__ Result step(const Steady &bias_of_unit, const Ahead &ahead, const float (&sums)[gates],
                         float (&own)[2]) const {
    Result result{{own[0]}, f.values(Reals<1>{to_float(ahead) + bias_of_unit + sums[0]})};
    own[0] = rounded<T>(result.h[0]); // as products see it
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    store_if_given<1>(states, row, unit, result.h);
    store_if_given<1>(h_prev, row, unit, result.h_prev);
    store_if_given<1>(output, row, unit, result.h);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const {
    if (h.given()) {
      set(*h.at(row, unit), own[0]);
    }
  }
};

template <class Type, class F>
struct RnnStepBackward {
  using T = Type;
  static constexpr int gates = 1;

  struct Ahead {
    T state;
    float d_output;
  };

  F f;
  View<T> factor;
  View<float> d_output;
  View<float> dh;
  View<float> dh_all;

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    return {*factor.at(row, unit), d_output.given() ? *d_output.at(row, unit) : 0.0f};
  }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = *dh.at(row, unit);
    own[1] = 0.0f;
  }

  struct Result {
    T handed[gates];
    Reals<1> d_h;
  };

  __device__ Result step(const Ahead &ahead, float (&own)[2]) const {
    Result result{{}, {own[0] + ahead.d_output}};
    set(result.handed[0], f.slopes(Reals<1>{to_float(ahead.state)})[0] * result.d_h[0]);
    own[0] = 0.0f; // all of it goes through the product
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    store_if_given<1>(dh_all, row, unit, result.d_h);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const { *dh.at(row, unit) = own[0]; }
};

// Calls work with tanh or ReLU as the compiler knows them.
template <class Work>
carousel_status with_known(const carousel_activation &f, Work work) {
  return is_plain(f, CAROUSEL_TANH)   ? work(Fixed<Tanh>{})
         : is_plain(f, CAROUSEL_RELU) ? work(Fixed<Relu>{})
                                      : CAROUSEL_INVALID_ARGUMENT;
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_rnn_persistent_forward(carousel_stream stream, carousel_type operand, carousel_activation f,
                                                carousel_packing packing, int32_t units,
                                                carousel_persistent_layout layout, carousel_view weight,
                                                carousel_view gates, const float *bias, carousel_view h,
                                                carousel_view h_prev, carousel_view output, void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    return with_known(f, [&](auto known) {
      PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
      PackedArguments given(packing, units);
      RnnStepForward<T, decltype(known)> body{known,
                                              given.rows.matrix<T>(gates),
                                              given.rows.optional_vector(bias),
                                              given.states.matrix<T>(h),
                                              given.rows.optional<T>(h_prev),
                                              given.rows.matrix<float>(output)};
      return pass.forward<Format>(CAROUSEL_RNN, given, body, body.h, given.weight.matrix<T>(weight));
    });
  });
}

carousel_status carousel_rnn_persistent_infer(carousel_stream stream, carousel_type operand, carousel_activation f,
                                              carousel_packing packing, int32_t units, int32_t inputs,
                                              carousel_persistent_layout layout, carousel_view weight_ih,
                                              carousel_view weight_hh, carousel_view x, const float *bias,
                                              carousel_view h, carousel_view output, void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    return with_known(f, [&](auto known) {
      PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
      PackedArguments given(packing, units);
      InputArguments given_inputs(packing, units, inputs);
      RnnStepForward<T, decltype(known)> body{known,
                                              View<T>{},
                                              given.rows.optional_vector(bias),
                                              given.states.matrix<T>(h),
                                              View<T>{},
                                              given.rows.matrix<float>(output)};
      Inputs<T> multiplied = given_inputs.inputs<T>(x, weight_ih, false);
      View<T> weight = given.weight.matrix<T>(weight_hh);
      return given_inputs.valid() ? pass.forward<Format>(CAROUSEL_RNN, given, body, body.h, weight, multiplied)
                                  : CAROUSEL_INVALID_ARGUMENT;
    });
  });
}

carousel_status carousel_rnn_replay(carousel_stream stream, carousel_type operand, carousel_activation f,
                                    carousel_packing packing, int32_t units, carousel_view products,
                                    carousel_view gates, const float *bias) {
  return with_format(operand, [&](auto format) {
    using T = Stored<decltype(format)>;
    return with_known(f, [&](auto known) {
      PackedArguments given(packing, units);
      RnnStepForward<T, decltype(known)> body{known,     given.rows.matrix<T>(gates), given.rows.optional_vector(bias),
                                              View<T>{}, View<T>{},                   View<float>{}};
      return replay(stream, packing, units, given, body, given.rows.matrix<float>(products));
    });
  });
}

carousel_status carousel_rnn_persistent_backward(carousel_stream stream, carousel_type operand, carousel_activation f,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view gates, carousel_view d_output, carousel_view dh,
                                                 carousel_view dh_all, void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    return with_known(f, [&](auto known) {
      PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
      PackedArguments given(packing, units);
      RnnStepBackward<T, decltype(known)> body{known, given.rows.matrix<T>(gates),
                                               given.rows.optional<float>(d_output),
                                               given.states.matrix<float>(dh), given.rows.optional<float>(dh_all)};
      return pass.backward<Format>(CAROUSEL_RNN, given, body, given.weight.matrix<T>(weight));
    });
  });
}
