// Products of the persistent kernels: weights in registers times rows in shared memory.
#pragma once

#include "persistent_sums.cuh"

namespace carousel {

// Sums of a block: [rows, terms] in shared memory times its slice, which stays in this object, in registers.
template <class Format, int OUTPUTS, int DEPTH>
class Product {
  using T = Stored<Format>;

 public:
  template <bool BACKWARD>
  __device__ Product(const Slice<T, BACKWARD> &slice, int outputs, int splits)
      : outputs_(outputs), stride_(exchange_stride<T>(splits, DEPTH) + row_padding<T>) {
    int across = (outputs + OUTPUTS - 1) / OUTPUTS;
    int warp = threadIdx.x / 32;
    split_ = warp / across;
    first_output_ = warp % across * OUTPUTS;
    works_ = split_ < splits;
    if (works_) {
      sums_.load(slice, first_output_, split_ * DEPTH * mma_depth<T>);
    }
  }

  // partial[split][row][output] for rows [0, rows): what each split contributes.
  __device__ void run(const T *operand, int rows, float *partial, int partial_rows) const {
    if (!works_) {
      return;
    }
    int sum_stride = outputs_ + sum_padding;
    for (int row = 0; row < rows; row += sums_.rows_at_once) {
      Partial to{partial + (split_ * partial_rows + row) * sum_stride + first_output_, sum_stride,
                 outputs_ - first_output_};
      sums_.run(operand + row * stride_ + split_ * DEPTH * mma_depth<T>, stride_, rows - row, to);
    }
  }

 private:
  // Where a warp leaves its sums, as far as there are outputs.
  struct Partial {
    float *first;
    int stride;
    int count;

    __device__ void rows(int output, int row, float above, float below) const {
      if (output < count) {
        first[row * stride + output] = above;
        first[(row + 1) * stride + output] = below;
      }
    }
    __device__ void outputs(int output, int row, float left, float right) const {
      first[row * stride + output] = left;
      first[row * stride + output + 1] = right;
    }
  };

  Sums<Format, OUTPUTS, DEPTH> sums_;
  int outputs_;
  int stride_;
  int split_;
  int first_output_;
  bool works_;
};

// What a block keeps of its units in the rows of its group: two floats each.
struct OwnStates {
  const carousel_persistent_layout &layout;
  float *both; // [2][group rows][block units]

  __device__ OwnStates(unsigned char *memory, const carousel_persistent_layout &layout)
      : layout(layout), both(reinterpret_cast<float *>(memory)) {}

  __device__ void get(int row, int unit, float (&own)[2]) const {
    const float *first = both + row * layout.block_units + unit;
    own[0] = first[0];
    own[1] = first[layout.group_rows * layout.block_units];
  }

  __device__ void set(int row, int unit, const float (&own)[2]) const {
    float *first = both + row * layout.block_units + unit;
    first[0] = own[0];
    first[layout.group_rows * layout.block_units] = own[1];
  }

  __device__ void add(int row, int unit, float to_first) const { both[row * layout.block_units + unit] += to_first; }

  // What lies behind them.
  template <class V>
  __device__ V *behind() const {
    return reinterpret_cast<V *>(both + 2 * layout.group_rows * layout.block_units);
  }
};

// The shared memory of a block that has everybody's terms.
template <class T>
struct Shared {
  const carousel_persistent_layout &layout;
  OwnStates own;
  T *operand;     // [chunk rows][terms + padding], beyond the terms zeros; in a cluster twice
  float *partial; // [splits][chunk rows][outputs + padding]
  T *staged;      // in a cluster, [rows][block units]
  Arrivals *arrivals; // in a cluster, of both halves
  int operand_stride;
  int sum_stride;

  __device__ Shared(unsigned char *memory, const carousel_persistent_layout &layout, int terms, int outputs)
      : layout(layout),
        own(memory, layout),
        operand(own.template behind<T>()),
        partial(reinterpret_cast<float *>(operand + (layout.clusters != 0 ? cluster_halves : 1) * layout.chunk_rows *
                                                        (terms + row_padding<T>))),
        staged(reinterpret_cast<T *>(partial + layout.splits * layout.chunk_rows * (outputs + sum_padding))),
        arrivals(reinterpret_cast<Arrivals *>(staged + layout.group_rows * layout.block_units)),
        operand_stride(terms + row_padding<T>),
        sum_stride(outputs + sum_padding) {}

  // The half that the step after `steps` steps reads.
  __device__ T *half(uint32_t steps) const {
    return operand + steps % cluster_halves * static_cast<unsigned>(layout.chunk_rows * operand_stride);
  }

  __device__ float sum(int row, int output) const {
    float sum = 0.0f;
    for (int split = 0; split < layout.splits; split++) {
      sum += partial[(split * layout.chunk_rows + row) * sum_stride + output];
    }
    return sum;
  }
};

template <class T>
constexpr int packed = 16 / static_cast<int>(sizeof(T));

// Rows of `from`, which other blocks wrote during this launch (never from the first-level cache: behind an observed
// flag and a barrier the second level has them), into shared memory, in whole packs of WIDTH elements; rows from `rows`
// to the next multiple of 8 stay as they are, their sums are not looked at.
template <class Format, int WIDTH, class T>
__device__ void load_packs(const Shared<T> &shared, T *operand, View<T> from, int64_t first, int rows, int terms) {
  constexpr int in_flight = WIDTH == 1 ? 1 : 4; // packs that a thread asks for before it stores the first
  const int across = terms / WIDTH;
  const int down = persistent_threads / across, right = persistent_threads % across;
  int row = static_cast<int>(threadIdx.x) / across, column = static_cast<int>(threadIdx.x) % across;
  CAROUSEL_ROLLED
  while (row < rows) {
    Pack<T, WIDTH> packs[in_flight] = {};
    int to[in_flight];
    CAROUSEL_UNROLL
    for (int i = 0; i < in_flight; i++) {
      to[i] = row < rows ? row * shared.operand_stride + column * WIDTH : -1;
      if (to[i] >= 0) {
        packs[i] = load_fresh(reinterpret_cast<const Pack<T, WIDTH> *>(from.at(first + row, column * WIDTH)));
      }
      row += down;
      column += right;
      if (column >= across) {
        column -= across;
        row++;
      }
    }
    CAROUSEL_UNROLL
    for (int i = 0; i < in_flight; i++) {
      if constexpr (std::is_same<Format, Tf32>::value) {
        CAROUSEL_UNROLL
        for (int k = 0; k < WIDTH; k++) {
          packs[i].element[k] = as_factor<Format>(packs[i].element[k]);
        }
      }
      if (to[i] >= 0) {
        *reinterpret_cast<Pack<T, WIDTH> *>(operand + to[i]) = packs[i];
      }
    }
  }
}

// The same of any terms.
template <class Format, class T>
__device__ void load_operand(const Shared<T> &shared, T *operand, View<T> from, int64_t first, int rows, int terms) {
  constexpr int width = packed<T>;
  if (terms % width == 0 && from.stride % width == 0 && reinterpret_cast<uintptr_t>(from.data) % 16 == 0) {
    load_packs<Format, width>(shared, operand, from, first, rows, terms);
  } else {
    load_packs<Format, 1>(shared, operand, from, first, rows, terms);
  }
}

// Zeros what is beyond the terms of each row.
template <class T>
__device__ void clear_padding(const Shared<T> &shared, T *operand, int rows, int terms, int padded) {
  int across = padded - terms;
  for (int e = threadIdx.x; e < rows * across; e += persistent_threads) {
    set(operand[e / across * shared.operand_stride + terms + e % across], 0.0f);
  }
}

}  // namespace carousel
