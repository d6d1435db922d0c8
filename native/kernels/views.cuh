// Views of matrices inside kernels, and loads and stores of one or four neighbouring elements as floats.
#pragma once

#include "hw.cuh"

namespace carousel {

// How many elements a thread takes at once where alignment allows: 16 bytes of float, 8 of a 16-bit type.
constexpr int lanes = 4;

// A row-major matrix of T; data is null where it is not given.
template <class T>
struct View {
  T *data;
  int64_t stride;

  __device__ bool given() const { return data != nullptr; }
  __device__ T *at(int64_t row, int64_t column) const { return data + row * stride + column; }
};

// N neighbouring elements, moved by one instruction.
template <class T, int N>
struct alignas(N * sizeof(T)) Pack {
  T element[N];
};

// N neighbouring elements as floats, in registers.
template <int N>
struct Reals {
  float element[N];

  __host__ __device__ float &operator[](int k) { return element[k]; }
  __host__ __device__ float operator[](int k) const { return element[k]; }
};

__host__ __device__ inline float to_float(float x) { return x; }
__host__ __device__ inline float to_float(__nv_bfloat16 x) { return __bfloat162float(x); }
__host__ __device__ inline float to_float(__half x) { return __half2float(x); }

// Rounds to the nearest, ties to even.
__host__ __device__ inline void set(float &to, float x) { to = x; }
__host__ __device__ inline void set(__nv_bfloat16 &to, float x) { to = __float2bfloat16_rn(x); }
__host__ __device__ inline void set(__half &to, float x) { to = __float2half_rn(x); }
__host__ __device__ inline void set(int32_t &to, int32_t x) { to = x; }

// As it is read again after it was stored as T.
template <class T>
__host__ __device__ float rounded(float x) {
  T stored;
  set(stored, x);
  return to_float(stored);
}

template <int N, class T>
__device__ Reals<N> load(const T *from) {
  Pack<T, N> pack = *reinterpret_cast<const Pack<T, N> *>(from);
  Reals<N> x;
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    x[k] = to_float(pack.element[k]);
  }
  return x;
}

template <int N, class T>
__device__ void store(T *to, const Reals<N> &x) {
  Pack<T, N> pack;
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    set(pack.element[k], x[k]);
  }
  *reinterpret_cast<Pack<T, N> *>(to) = pack;
}

// Elements (row, column...) of a view where a condition holds, else zeros.
template <int N, class T>
__device__ Reals<N> load_if(bool condition, const View<T> &view, int64_t row, int64_t column) {
  if (condition) {
    return load<N>(view.at(row, column));
  }
  return Reals<N>{};
}

// Elements (row, column...) of a view, zeros where it is not given.
template <int N, class T>
__device__ Reals<N> load_or_zero(const View<T> &view, int64_t row, int64_t column) {
  return load_if<N>(view.given(), view, row, column);
}

// Elements column... of a vector, zeros where it is null.
template <int N>
__device__ Reals<N> load_or_zero(const float *vector, int64_t column) {
  if (vector != nullptr) {
    return load<N>(vector + column);
  }
  return Reals<N>{};
}

template <int N, class T>
__device__ void store_if_given(const View<T> &view, int64_t row, int64_t column, const Reals<N> &x) {
  if (view.given()) {
    store<N>(view.at(row, column), x);
  }
}

// sum += x
template <int N>
__device__ void add(const Reals<N> &x, Reals<N> &sum) {
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    sum[k] += x[k];
  }
}

// Copies N elements, converting where the types differ.
template <int N, class From, class To>
struct Move {
  __device__ static void run(const From *from, To *to) { store<N>(to, load<N>(from)); }
};

template <int N, class T>
struct Move<N, T, T> {
  __device__ static void run(const T *from, T *to) {
    *reinterpret_cast<Pack<T, N> *>(to) = *reinterpret_cast<const Pack<T, N> *>(from);
  }
};

}  // namespace carousel
