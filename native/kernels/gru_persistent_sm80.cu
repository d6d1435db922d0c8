// All time steps of a GRU layer, reset after, in one launch.
#include "gru.cuh"
#include "persistent_pass.cuh"
#include "persistent_replay.cuh"

namespace carousel {

template <class Type>
struct GruStepForward {
  using T = Type;
  static constexpr int gates = 3;
  static constexpr int all_sums = 4; // the last is x*W_in'

  using Steady = Reals<gates + 1>; // bias

  struct Ahead {
    T x[gates];
  };

  StandardGru variant;
  int64_t units;
  View<T> x_gates;
  View<T> h_gates;
  const float *bias;
  View<float> h;
  View<T> h_prev;
  View<float> output;

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    Ahead ahead{};
    if (x_gates.given()) {
      CAROUSEL_UNROLL
      for (int k = 0; k < gates; k++) {
        ahead.x[k] = *x_gates.at(row, k * units + unit);
      }
    }
    return ahead;
  }

  __device__ Steady steady(int64_t unit) const {
    Steady all{};
    CAROUSEL_UNROLL
    for (int k = 0; k <= gates && bias != nullptr; k++) {
      all[k] = bias[k * units + unit];
    }
    return all;
  }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = h.given() ? *h.at(row, unit) : 0.0f;
    own[1] = 0.0f;
  }

  struct Result {
    Reals<1> x[gates];
    Reals<1> u_n, h_prev, h;
  };

  __device__ Result step(const Steady &bias_of_unit, const Ahead &ahead, const float (&sums)[all_sums],
                         float (&own)[2]) const {
    Result result{{}, {sums[2] + bias_of_unit[gates]}, {own[0]}, {own[0]}};
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      result.x[k][0] = to_float(ahead.x[k]) + bias_of_unit[k] + (k == 2 ? sums[3] : 0.0f);
    }
    Reals<1> u[gates] = {{sums[0]}, {sums[1]}, result.u_n};
    gru_forward<1>(variant, result.x, u, result.h);
    own[0] = result.h[0];
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      store_if_given<1>(x_gates, row, k * units + unit, result.x[k]);
    }
    store_if_given<1>(h_gates, row, 2 * units + unit, result.u_n);
    store_if_given<1>(h_prev, row, unit, result.h_prev);
    store_if_given<1>(output, row, unit, result.h);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const {
    if (h.given()) {
      *h.at(row, unit) = own[0];
    }
  }
};

template <class Type>
struct GruStepBackward {
  using T = Type;
  static constexpr int gates = 3;

  struct Ahead {
    T x[gates];
    T u_n;
    T h_prev;
    float d_output;
  };

  StandardGru variant;
  int64_t units;
  View<T> x_gates;
  View<T> factor;
  View<T> h_prev;
  View<float> d_output;
  View<float> dh;
  View<float> dh_all;

  __device__ Ahead ahead(int64_t row, int64_t unit) const {
    Ahead ahead;
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      ahead.x[k] = *x_gates.at(row, k * units + unit);
    }
    ahead.u_n = *factor.at(row, 2 * units + unit);
    ahead.h_prev = *h_prev.at(row, unit);
    ahead.d_output = d_output.given() ? *d_output.at(row, unit) : 0.0f;
    return ahead;
  }

  __device__ void load(int64_t row, int64_t unit, float (&own)[2]) const {
    own[0] = *dh.at(row, unit);
    own[1] = 0.0f;
  }

  struct Result {
    T handed[gates];
    T x_n; // the other two are handed
    Reals<1> d_h;
  };

  __device__ Result step(const Ahead &ahead, float (&own)[2]) const {
    Result result{{}, {}, {own[0] + ahead.d_output}};
    Reals<1> x[gates] = {{to_float(ahead.x[0])}, {to_float(ahead.x[1])}, {to_float(ahead.x[2])}};
    Reals<1> d_h = result.d_h;
    Reals<1> d_u;
    gru_backward<1>(variant, x, Reals<1>{to_float(ahead.u_n)}, Reals<1>{to_float(ahead.h_prev)}, d_h, d_u);
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      set(result.handed[k], k < 2 ? x[k][0] : d_u[0]);
    }
    set(result.x_n, x[2][0]);
    own[0] = d_h[0];
    return result;
  }

  __device__ void store(int64_t row, int64_t unit, const Result &result) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < gates; k++) {
      *x_gates.at(row, k * units + unit) = k < 2 ? result.handed[k] : result.x_n;
    }
    store_if_given<1>(dh_all, row, unit, result.d_h);
  }

  __device__ void save(int64_t row, int64_t unit, const float (&own)[2]) const { *dh.at(row, unit) = own[0]; }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_gru_persistent_forward(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                                int32_t units, carousel_persistent_layout layout, carousel_view weight,
                                                carousel_view x_gates, carousel_view h_gates, const float *bias,
                                                carousel_view h, carousel_view h_prev, carousel_view output,
                                                void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    GruStepForward<T> body{StandardGru{},
                           units,
                           given.rows.matrix<T>(x_gates, 3),
                           given.rows.matrix<T>(h_gates, 3),
                           given.rows.optional_vector(bias, 4),
                           given.states.matrix<float>(h),
                           given.rows.optional<T>(h_prev),
                           given.rows.matrix<float>(output)};
    return pass.forward<Format>(CAROUSEL_GRU, given, body, body.h, given.weight.matrix<T>(weight));
  });
}

carousel_status carousel_gru_persistent_infer(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                              int32_t units, int32_t inputs, carousel_persistent_layout layout,
                                              carousel_view weight_ih, carousel_view weight_hh, carousel_view x,
                                              const float *bias, carousel_view h, carousel_view output,
                                              void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    InputArguments given_inputs(packing, units, inputs);
    GruStepForward<T> body{StandardGru{},
                           units,
                           View<T>{},
                           View<T>{},
                           given.rows.optional_vector(bias, 4),
                           given.states.matrix<float>(h),
                           View<T>{},
                           given.rows.matrix<float>(output)};
    Inputs<T> multiplied = given_inputs.inputs<T>(x, weight_ih, true);
    View<T> weight = given.weight.matrix<T>(weight_hh);
    return given_inputs.valid() ? pass.forward<Format>(CAROUSEL_GRU, given, body, body.h, weight, multiplied)
                                : CAROUSEL_INVALID_ARGUMENT;
  });
}

carousel_status carousel_gru_replay(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                    int32_t units, carousel_view products, carousel_view x_gates,
                                    carousel_view h_gates, const float *bias) {
  return with_format(operand, [&](auto format) {
    using T = Stored<decltype(format)>;
    PackedArguments given(packing, units);
    GruStepForward<T> body{StandardGru{},
                           units,
                           given.rows.matrix<T>(x_gates, 3),
                           given.rows.matrix<T>(h_gates, 3),
                           given.rows.optional_vector(bias, 4),
                           View<float>{},
                           View<T>{},
                           View<float>{}};
    return replay(stream, packing, units, given, body, given.rows.matrix<float>(products, 3));
  });
}

carousel_status carousel_gru_persistent_backward(carousel_stream stream, carousel_type operand,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view x_gates, carousel_view h_gates, carousel_view h_prev,
                                                 carousel_view d_output, carousel_view dh, carousel_view dh_all,
                                                 void *workspace) {
  return with_format(operand, [&](auto format) {
    using Format = decltype(format);
    using T = Stored<Format>;
    PersistentPass pass{stream, operand, {packing, layout, units}, workspace};
    PackedArguments given(packing, units);
    GruStepBackward<T> body{StandardGru{},
                            units,
                            given.rows.matrix<T>(x_gates, 3),
                            given.rows.matrix<T>(h_gates, 3),
                            given.rows.matrix<T>(h_prev),
                            given.rows.optional<float>(d_output),
                            given.states.matrix<float>(dh),
                            given.rows.optional<float>(dh_all)};
    return pass.backward<Format>(CAROUSEL_GRU, given, body, given.weight.matrix<T>(weight));
  });
}
