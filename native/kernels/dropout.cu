// Dropout (Srivastava et al. 2014) by counters: the mask follows from the element's place, and is never stored.
#include "carousel/ops.h"

#include "each.cuh"
#include "philox.cuh"

namespace carousel {

struct Dropout {
  uint32_t threshold;
  float factor;
  uint64_t key;
  const int32_t *draw;
  View<int32_t> row_ids;
  View<float> x;
  View<float> y;

  template <int N>
  __device__ void run(int64_t row, int64_t unit) const {
    static_assert(N == 1 || N == 4, "a block of Philox serves four units");
    uint32_t id = static_cast<uint32_t>(row_ids.given() ? *row_ids.at(0, row) : row);
    uint32_t t = static_cast<uint32_t>(row_ids.given() ? *row_ids.at(1, row) : 0);
    PhiloxBlock block = philox(key, static_cast<uint32_t>(unit / 4), t, id, static_cast<uint32_t>(*draw));
    Reals<N> value = load<N>(x.at(row, unit));
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      uint32_t word = block.word[N == 1 ? unit % 4 : k];
      value[k] = (word >> 8) >= threshold ? value[k] * factor : 0.0f;
    }
    store<N>(y.at(row, unit), value);
  }
};

}  // namespace carousel

using namespace carousel;

carousel_status carousel_dropout(carousel_stream stream, uint32_t threshold, float factor, uint64_t key,
                                 const int32_t *draw, carousel_view row_ids, int32_t rows, int32_t columns,
                                 carousel_view x, carousel_view y) {
  Arguments given(rows, columns);
  given.require(row_ids.data == nullptr || row_ids.stride >= rows);
  Dropout body{threshold,
               factor,
               key,
               given.pointer(draw),
               View<int32_t>{static_cast<int32_t *>(row_ids.data), row_ids.stride},
               given.matrix<float>(x),
               given.matrix<float>(y)};
  return for_each(stream, given, body);
}
