// Selection of rows, and its reverse.
#include "carousel/ops.h"

#include "each.cuh"

namespace carousel {

template <class From, class To>
struct GatherRows {
  View<From> table;
  const int32_t *ids;
  View<To> out;

  template <int N>
  __device__ void run(int64_t row, int64_t column) const {
    int32_t id = ids[row];
    if (id >= 0) {
      Move<N, From, To>::run(table.at(id, column), out.at(row, column));
    } else {
      *reinterpret_cast<Pack<To, N> *>(out.at(row, column)) = Pack<To, N>{};
    }
  }
};

constexpr int scatter_threads = 128;
constexpr int scatter_warps = scatter_threads / 32;

// Adds the listed rows, in the order of the list, to a row of the table, N columns a thread.
template <int N>
__device__ void add_listed(const View<float> &rows, const int32_t *list, int count, int64_t columns, float *target) {
  for (int64_t column = threadIdx.x * N; column < columns; column += scatter_threads * N) {
    Reals<N> sum = load<N>(target + column);
    for (int r = 0; r < count; r++) {
      Reals<N> row = load<N>(rows.at(list[r], column));
      CAROUSEL_UNROLL
      for (int k = 0; k < N; k++) {
        sum[k] += row[k];
      }
    }
    store<N>(target + column, sum);
  }
}

// One block per row. A row leads when no earlier row has its id; the leader adds itself and all later rows of that id,
// in order. So each row of the table is written by one block, and no order depends on the schedule.
template <int N>
__global__ void __launch_bounds__(scatter_threads)
    scatter_add(int32_t count, int64_t columns, View<float> rows, const int32_t *ids, View<float> table) {
  __shared__ int32_t list[scatter_threads];
  __shared__ uint32_t matches[scatter_warps];
  int32_t self = static_cast<int32_t>(blockIdx.x);
  int32_t id = ids[self];
  if (id < 0) {
    return;
  }
  int thread = static_cast<int>(threadIdx.x);
  int warp = thread / 32;
  // backwards: an id that is frequent has occurred not long ago
  for (int32_t start = self; start > 0; start -= scatter_threads) {
    int32_t other = start - 1 - thread;
    uint32_t equal = __ballot_sync(~0u, other >= 0 && ids[other < 0 ? 0 : other] == id);
    if (thread % 32 == 0) {
      matches[warp] = equal;
    }
    __syncthreads();
    uint32_t any = 0;
    for (int w = 0; w < scatter_warps; w++) {
      any |= matches[w];
    }
    __syncthreads();
    if (any != 0) {
      return;
    }
  }
  for (int64_t start = self; start < count; start += scatter_threads) {
    int64_t other = start + thread;
    bool equal = other < count && ids[other < count ? other : self] == id;
    uint32_t mask = __ballot_sync(~0u, equal);
    if (thread % 32 == 0) {
      matches[warp] = mask;
    }
    __syncthreads();
    int before = 0;
    int total = 0;
    for (int w = 0; w < scatter_warps; w++) {
      before += w < warp ? __popc(matches[w]) : 0;
      total += __popc(matches[w]);
    }
    if (equal) {
      list[before + __popc(mask & ((1u << (thread % 32)) - 1))] = static_cast<int32_t>(other);
    }
    __syncthreads();
    add_listed<N>(rows, list, total, columns, table.at(id, 0));
    __syncthreads();
  }
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_gather_rows(carousel_stream stream, carousel_type table_type, carousel_type out_type,
                                     int32_t rows, int32_t columns, carousel_view table, const int32_t *ids,
                                     carousel_view out) {
  return with_copied(table_type, out_type, [&](auto from_zero, auto to_zero) {
    using From = decltype(from_zero);
    using To = decltype(to_zero);
    Arguments given(rows, columns);
    return for_each(stream, given,
                    GatherRows<From, To>{given.table<From>(table), given.pointer(ids), given.matrix<To>(out)});
  });
}

carousel_status carousel_scatter_add_rows(carousel_stream stream, int32_t count, int32_t columns, carousel_view rows,
                                          const int32_t *ids, carousel_view table) {
  Arguments given(count, columns);
  View<float> from = given.matrix<float>(rows);
  View<float> to = given.table<float>(table);
  given.pointer(ids);
  if (given.status() != CAROUSEL_OK || given.empty()) {
    return given.status();
  }
  if (given.in_lanes() && columns % lanes == 0) {
    return CAROUSEL_LAUNCH(scatter_add<lanes>, static_cast<unsigned>(count), scatter_threads, 0, stream, count,
                           given.columns, from, ids, to);
  }
  return CAROUSEL_LAUNCH(scatter_add<1>, static_cast<unsigned>(count), scatter_threads, 0, stream, count,
                         given.columns, from, ids, to);
}
