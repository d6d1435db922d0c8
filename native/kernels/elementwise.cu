// Copies, element-wise arithmetic and functions.
#include "carousel/ops.h"

#include "each.cuh"
#include "functions.cuh"

namespace carousel {

template <class From, class To>
struct Copy {
  View<From> from;
  View<To> to;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    Move<N, From, To>::run(from.at(row, column), to.at(row, column));
  }
};

template <class T, class Value>
struct Fill {
  Value value;
  View<T> to;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    Pack<T, N> pack;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      set(pack.element[k], value);
    }
    *reinterpret_cast<Pack<T, N> *>(to.at(row, column)) = pack;
  }
};

struct AddBias {
  View<float> x;
  const float *bias;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    Reals<N> sum = load<N>(x.at(row, column));
    Reals<N> shift = load<N>(bias + column);
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      sum[k] += shift[k];
    }
    store<N>(x.at(row, column), sum);
  }
};

// to <- f(x), element by element; to may be x.
template <class F>
struct Map {
  F f;
  View<float> x;
  View<float> to;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    store<N>(to.at(row, column), f.values(load<N>(x.at(row, column))));
  }
};

// to <- f(x, y), element by element; to may be x or y.
template <class F>
struct Combine {
  F f;
  View<float> x;
  View<float> y;
  View<float> to;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    Reals<N> left = load<N>(x.at(row, column));
    store<N>(to.at(row, column), f.values(left, load<N>(y.at(row, column))));
  }
};

struct Scale {
  float alpha;

  template <int N>
  __device__ Reals<N> values(Reals<N> x) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      x[k] *= alpha;
    }
    return x;
  }
};

struct Clamp {
  float limit;

  template <int N>
  __device__ Reals<N> values(Reals<N> x) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      x[k] = clamp(x[k], limit);
    }
    return x;
  }
};

struct AddScaled {
  float alpha;

  template <int N>
  __device__ Reals<N> values(const Reals<N> &x, Reals<N> y) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      y[k] = fmaf(alpha, x[k], y[k]);
    }
    return y;
  }
};

struct Product {
  template <int N>
  __device__ Reals<N> values(Reals<N> x, const Reals<N> &y) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      x[k] *= y[k];
    }
    return x;
  }
};

struct TimesSlope {
  Chosen f;

  template <int N>
  __device__ Reals<N> values(const Reals<N> &y, const Reals<N> &dy) const {
    return Product().values(f.slopes(y), dy);
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_copy(carousel_stream stream, carousel_type from_type, carousel_type to_type, int32_t rows,
                              int32_t columns, carousel_view from, carousel_view to) {
  return with_copied(from_type, to_type, [&](auto from_zero, auto to_zero) {
    using From = decltype(from_zero);
    using To = decltype(to_zero);
    Arguments given(rows, columns);
    return for_each(stream, given, Copy<From, To>{given.matrix<From>(from), given.matrix<To>(to)});
  });
}

carousel_status carousel_fill(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                              double value, carousel_view to) {
  Arguments given(rows, columns);
  if (type == CAROUSEL_I32) {
    given.require(value > -2147483649.0 && value < 2147483648.0);
    if (given.status() != CAROUSEL_OK) {
      return given.status();
    }
    return for_each(stream, given, Fill<int32_t, int32_t>{static_cast<int32_t>(value), given.matrix<int32_t>(to)});
  }
  return with_real(type, [&](auto zero) {
    using T = decltype(zero);
    return for_each(stream, given, Fill<T, float>{static_cast<float>(value), given.matrix<T>(to)});
  });
}

carousel_status carousel_add_bias(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                  const float *bias) {
  Arguments given(rows, columns);
  return for_each(stream, given, AddBias{given.matrix<float>(x), given.vector(bias)});
}

carousel_status carousel_axpy(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x,
                              carousel_view y) {
  Arguments given(rows, columns);
  View<float> sum = given.matrix<float>(y);
  return for_each(stream, given, Combine<AddScaled>{AddScaled{alpha}, given.matrix<float>(x), sum, sum});
}

carousel_status carousel_scale(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x) {
  Arguments given(rows, columns);
  View<float> view = given.matrix<float>(x);
  return for_each(stream, given, Map<Scale>{Scale{alpha}, view, view});
}

carousel_status carousel_clamp(carousel_stream stream, int32_t rows, int32_t columns, float limit, carousel_view x) {
  Arguments given(rows, columns);
  given.require(limit >= 0);
  View<float> view = given.matrix<float>(x);
  return for_each(stream, given, Map<Clamp>{Clamp{limit}, view, view});
}

carousel_status carousel_multiply(carousel_stream stream, int32_t rows, int32_t columns, carousel_view a,
                                  carousel_view b, carousel_view out) {
  Arguments given(rows, columns);
  return for_each(stream, given, Combine<Product>{Product{}, given.matrix<float>(a), given.matrix<float>(b),
                                                  given.matrix<float>(out)});
}

carousel_status carousel_activation_forward(carousel_stream stream, carousel_activation f, int32_t rows,
                                            int32_t columns, carousel_view x, carousel_view y) {
  Arguments given(rows, columns);
  given.require(is_valid(f));
  Chosen known = Chosen::stored_as<float>(f);
  return for_each(stream, given, Map<Chosen>{known, given.matrix<float>(x), given.matrix<float>(y)});
}

carousel_status carousel_activation_backward(carousel_stream stream, carousel_activation f, int32_t rows,
                                             int32_t columns, carousel_view y, carousel_view dy, carousel_view dx) {
  Arguments given(rows, columns);
  given.require(is_valid(f));
  TimesSlope slope{Chosen::stored_as<float>(f)};
  return for_each(stream, given, Combine<TimesSlope>{slope, given.matrix<float>(y),
                                                     given.matrix<float>(dy), given.matrix<float>(dx)});
}
