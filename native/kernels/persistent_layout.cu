// Cuts a pass of the persistent kernels for the GPU at hand.
#include "persistent_batch.cuh"

#include <algorithm>

// No unnamed namespace: nvcc would name its kernel after the folder that it is built in.
namespace carousel {

static int divide_up(int a, int b) { return (a + b - 1) / b; }

static bool is_factor(carousel_type operand) {
  return operand == CAROUSEL_F32 || operand == CAROUSEL_BF16 || operand == CAROUSEL_F16 || operand == CAROUSEL_TF32;
}

// How a block's registers hold the weights of some units.
struct Cut {
  int block_units, splits, depth;
};

// Only asked how many clusters fit of blocks that have a multiprocessor each.
template <class T>
__global__ void __launch_bounds__(persistent_threads, 1) cluster_of(T *) {}

// A pass that is to be cut.
struct Wanted {
  int gates, least_units, outputs_of_unit;
  bool backward;
  int units, inputs, batch;
  int multiprocessors, all_multiprocessors, most_shared;

  int warp_outputs(int block_units) const {
    return !backward ? forward_outputs : block_units < backward_outputs ? narrow_outputs : backward_outputs;
  }

  int eights() const { return std::max(1, divide_up(batch, 8)); }

  int64_t own_bytes(const Cut &cut, int rows) const {
    return 2 * static_cast<int64_t>(rows) * cut.block_units * static_cast<int64_t>(sizeof(float));
  }

  // Rows in eights, spread evenly over as many groups as there is room for.
  int rows_of(int most_groups) const { return 8 * divide_up(eights(), std::min(most_groups, eights())); }
};

// The least depth with which the warps of a block hold the weights of so many units; false where they do not.
static bool fits(const Wanted &wanted, int block_units, int terms, int mma_terms, Cut *cut) {
  int outputs = wanted.warp_outputs(block_units);
  int splits = persistent_warps / divide_up(wanted.outputs_of_unit * block_units, outputs);
  for (int depth = least_depth; depth <= most_depth; depth *= 2) {
    if (has_depth(outputs, depth) && splits * depth * mma_terms >= terms) {
      *cut = {block_units, divide_up(terms, depth * mma_terms), depth};
      return true;
    }
  }
  return false;
}

// The fewer units a block has, the fewer sums it forms in a step: the smallest blocks of which a group still takes no
// more than a cluster may have, nor than a quarter of the GPU, so that four launches side by side are cut as one alone.
// Where the weights do not fit into so few, the largest that hold them.
static bool cut_of(const Wanted &wanted, int terms, int mma_terms, Cut *cut) {
  int most = std::min({most_cluster_blocks, wanted.multiprocessors, std::max(1, wanted.all_multiprocessors / 4)});
  for (int units = wanted.least_units; units <= most_units; units *= 2) {
    if (divide_up(wanted.units, units) <= most && fits(wanted, units, terms, mma_terms, cut)) {
      return true;
    }
  }
  for (int units = most_units; units >= wanted.least_units; units /= 2) {
    if (fits(wanted, units, terms, mma_terms, cut)) {
      return true;
    }
  }
  return false;
}

template <class T>
void in_memory(const Wanted &wanted, const Cut &cut, int blocks, carousel_persistent_layout *layout) {
  int rows = wanted.rows_of(wanted.multiprocessors / blocks);
  int groups = std::max(1, divide_up(wanted.batch, rows));
  int padded = exchange_stride<T>(cut.splits, cut.depth);
  auto shared = [&](int chunk) {
    return wanted.own_bytes(cut, rows) + operand_bytes<T>(padded, chunk) +
           sum_bytes(wanted.outputs_of_unit * cut.block_units, chunk, cut.splits);
  };
  int chunk = rows;
  while (chunk > 8 && shared(chunk) > wanted.most_shared) {
    chunk -= 8;
  }
  if (shared(chunk) > wanted.most_shared) {
    return;
  }
  *layout = {cut.block_units, blocks, groups, rows, chunk, cut.splits, cut.depth, static_cast<int32_t>(shared(chunk)),
             0, 0, 0};
}

template <class T>
void in_clusters(const Wanted &wanted, const Cut &cut, int blocks, carousel_persistent_layout *layout) {
  int padded = exchange_stride<T>(cut.splits, cut.depth);
  auto shared = [&](int rows) {
    return wanted.own_bytes(cut, rows) + cluster_halves * operand_bytes<T>(padded, rows) +
           sum_bytes(wanted.outputs_of_unit * cut.block_units, rows, cut.splits) +
           staged_bytes<T>(wanted.backward ? wanted.gates : 1, cut.block_units, rows);
  };
  if (blocks > most_cluster_blocks || shared(8) > wanted.most_shared) {
    return;
  }
  // with all of a multiprocessor's shared memory, as the kernels take all of its registers
  int on_all = max_active_clusters(cluster_of<T>, static_cast<unsigned>(blocks), persistent_threads,
                                   static_cast<size_t>(wanted.most_shared));
  if (on_all == 0) {
    return;
  }
  int share = std::max(1, on_all * wanted.multiprocessors / wanted.all_multiprocessors); // they need not be there at once
  int at_once = std::min(share, wanted.multiprocessors / blocks);
  int rows = wanted.rows_of(at_once);
  while (shared(rows) > wanted.most_shared) { // further clusters follow when the first are done
    rows -= 8;
  }
  int groups = std::max(1, divide_up(wanted.batch, rows));
  *layout = {cut.block_units, blocks, groups, rows, rows, cut.splits, cut.depth, static_cast<int32_t>(shared(rows)),
             1, 0, 0};
}

template <class T>
carousel_status layout_of(const Wanted &wanted, bool clusters, carousel_persistent_layout *layout) {
  int64_t terms = wanted.backward       ? static_cast<int64_t>(wanted.gates) * wanted.units
                  : wanted.inputs > 0 ? static_cast<int64_t>(Inputs<T>::first_term_of(wanted.units)) + wanted.inputs
                                      : wanted.units;
  Cut cut;
  *layout = {};
  if (terms > INT32_MAX / 2 ||
      !cut_of(wanted, static_cast<int>(terms), mma_depth<T>, &cut)) {
    return CAROUSEL_UNSUPPORTED;
  }
  int blocks = divide_up(wanted.units, cut.block_units);
  if (blocks > wanted.multiprocessors) {
    return CAROUSEL_UNSUPPORTED;
  }
  if (clusters) {
    in_clusters<T>(wanted, cut, blocks, layout);
  }
  if (layout->groups == 0) {
    in_memory<T>(wanted, cut, blocks, layout);
  }
  if (layout->groups == 0) {
    return CAROUSEL_UNSUPPORTED;
  }
  layout->multiprocessors = wanted.multiprocessors;
  layout->workspace_bytes = flag_bytes(*layout);
  if (!wanted.backward) {
    int64_t states = static_cast<int64_t>(layout->groups) * layout->group_rows * exchange_stride<T>(cut.splits, cut.depth);
    layout->workspace_bytes += 2 * states * static_cast<int64_t>(sizeof(T));
  }
  return CAROUSEL_OK;
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_persistent_layout_of(carousel_cell cell, carousel_type operand, int32_t units, int32_t inputs,
                                              int32_t batch, int32_t backward, int32_t multiprocessors,
                                              int32_t clusters, carousel_persistent_layout *layout) {
  if (cell < CAROUSEL_RNN || cell > CAROUSEL_GRU || !is_factor(operand) || units < 1 ||
      inputs < 0 || (inputs > 0 && backward != 0) || batch < 0 || multiprocessors < 0 || layout == nullptr) {
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
  bool back = backward != 0;
  int gates = gates_of(cell);
  int sums = gates + (cell == CAROUSEL_GRU && inputs > 0 ? 1 : 0);
  Wanted wanted{gates, least_units(gates, operand == CAROUSEL_BF16 || operand == CAROUSEL_F16 ? 2 : 4), back ? 1 : sums,
                back,  units, inputs, batch,
                may_take, limits.multiprocessors, limits.shared_bytes};
  auto of = [&](auto zero) { return layout_of<decltype(zero)>(wanted, clusters != 0, layout); };
  return operand == CAROUSEL_BF16 ? of(__nv_bfloat16{}) : operand == CAROUSEL_F16 ? of(__half{}) : of(float{});
}
