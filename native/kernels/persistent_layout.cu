// Cuts a pass of the persistent kernels for the GPU at hand.
#include "persistent_layout.cuh"

#include <algorithm>

namespace carousel {
namespace {

int divide_up(int a, int b) { return (a + b - 1) / b; }

bool is_factor(carousel_type operand) {
  return operand == CAROUSEL_F32 || operand == CAROUSEL_BF16 || operand == CAROUSEL_F16 || operand == CAROUSEL_TF32;
}

// The weights of one block: how many units fit into its registers, for terms that all warps together hold.
struct Cut {
  int block_units, splits, depth;
};

// The largest of 64, 32 and 16 units whose weights fit. False when not even 16 do.
bool cut_of(int outputs_of_unit, int tiles, int terms, int mma_terms, Cut *cut) {
  for (int units : {64, 32, 16}) {
    int warps_across = divide_up(outputs_of_unit * units, 16 * tiles);
    int splits = warps_across > persistent_warps ? 0 : persistent_warps / warps_across;
    for (int depth = 4; splits > 0 && depth <= 32 / tiles; depth *= 2) {
      if (splits * depth * mma_terms >= terms) {
        *cut = {units, splits, depth};
        return true;
      }
    }
  }
  return false;
}

template <class T>
carousel_status layout_of(carousel_cell cell, int units, int batch, bool backward, int multiprocessors, int most_shared,
                          carousel_persistent_layout *layout) {
  int gates = gates_of(cell);
  int tiles = backward ? backward_tiles : forward_tiles;
  int outputs_of_unit = backward ? 1 : gates;
  int64_t terms = backward ? static_cast<int64_t>(gates) * units : units;
  Cut cut;
  if (terms > INT32_MAX / 2 || !cut_of(outputs_of_unit, tiles, static_cast<int>(terms), mma_depth<T>, &cut)) {
    return CAROUSEL_UNSUPPORTED;
  }
  int blocks = divide_up(units, cut.block_units);
  if (blocks > multiprocessors) {
    return CAROUSEL_UNSUPPORTED;
  }
  // rows in eights, spread evenly over as many groups as there is room for
  int eights = std::max(1, divide_up(batch, 8));
  int rows = 8 * divide_up(eights, std::min(multiprocessors / blocks, eights));
  int groups = std::max(1, divide_up(batch, rows));
  int padded = exchange_stride<T>(cut.splits, cut.depth);
  int outputs = outputs_of_unit * cut.block_units;
  int64_t own = 2 * static_cast<int64_t>(rows) * cut.block_units * static_cast<int64_t>(sizeof(float));
  int chunk = rows;
  while (chunk > 8 && own + operand_bytes<T>(padded, chunk) + sum_bytes(outputs, chunk, cut.splits) > most_shared) {
    chunk -= 8;
  }
  int64_t shared = own + operand_bytes<T>(padded, chunk) + sum_bytes(outputs, chunk, cut.splits);
  if (shared > most_shared) {
    return CAROUSEL_UNSUPPORTED;
  }
  int64_t flags = static_cast<int64_t>(groups) * blocks * static_cast<int64_t>(sizeof(uint32_t));
  int64_t states = backward ? 0 : 2 * static_cast<int64_t>(groups) * rows * padded * static_cast<int64_t>(sizeof(T));
  *layout = {cut.block_units, blocks,    groups,     rows, chunk, cut.splits, cut.depth, static_cast<int32_t>(shared),
             (flags + 255) / 256 * 256 + states};
  return CAROUSEL_OK;
}

}  // namespace
}  // namespace carousel

using namespace carousel;

carousel_status carousel_persistent_layout_of(carousel_cell cell, carousel_type operand, int32_t units, int32_t batch,
                                              int32_t backward, int32_t multiprocessors,
                                              carousel_persistent_layout *layout) {
  if (cell < CAROUSEL_RNN || cell > CAROUSEL_GRU || !is_factor(operand) || units < 1 ||
      batch < 0 || multiprocessors < 0 || layout == nullptr) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  GpuLimits limits;
  carousel_status status = gpu_limits(&limits);
  if (status != CAROUSEL_OK) {
    return status;
  }
  if (limits.capability < 80) {
    return CAROUSEL_UNSUPPORTED;
  }
  int may_take = limits.multiprocessors;
  if (multiprocessors > 0) {
    may_take = std::min(may_take, multiprocessors);
  }
  auto of = [&](auto zero) {
    return layout_of<decltype(zero)>(cell, units, batch, backward != 0, may_take, limits.shared_bytes, layout);
  };
  return operand == CAROUSEL_BF16 ? of(__nv_bfloat16{}) : operand == CAROUSEL_F16 ? of(__half{}) : of(float{});
}
