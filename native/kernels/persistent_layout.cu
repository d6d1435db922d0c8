// Cuts a pass of the persistent kernels for the GPU at hand.
#include "persistent_batch.cuh"

#include <algorithm>

// No unnamed namespace: nvcc would name its kernel after the folder that it is built in.
namespace carousel {

static int divide_up(int a, int b) { return static_cast<int>((static_cast<int64_t>(a) + b - 1) / b); }

static bool is_factor(carousel_type operand) {
  return operand == CAROUSEL_F32 || operand == CAROUSEL_BF16 || operand == CAROUSEL_F16 || operand == CAROUSEL_TF32;
}

// How a block's registers hold the weights of some units, in a group that is a cluster or not.
struct Cut {
  bool in_cluster;
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

  Wanted(carousel_cell cell, carousel_type operand, int units, int inputs, int batch, bool backward)
      : gates(gates_of(cell)),
        least_units(carousel::least_units(gates, operand == CAROUSEL_BF16 || operand == CAROUSEL_F16 ? 2 : 4)),
        outputs_of_unit(backward ? 1 : gates + (cell == CAROUSEL_GRU && inputs > 0 ? 1 : 0)),
        backward(backward), units(units), inputs(inputs), batch(batch) {}

  int warp_outputs(int block_units) const {
    return !backward ? forward_outputs : block_units < backward_outputs ? narrow_outputs : backward_outputs;
  }

  template <class T>
  int64_t terms() const {
    return backward     ? static_cast<int64_t>(gates) * units
           : inputs > 0 ? static_cast<int64_t>(Inputs<T>::first_term_of(units)) + inputs
                        : units;
  }

  int blocks(int block_units) const { return divide_up(units, block_units); }

  int groups(int rows) const { return std::max(1, divide_up(batch, rows)); }

  // Rows in eights, spread evenly over as many groups as there is room for.
  int rows_of(int most_groups) const {
    int eights = std::max(1, divide_up(batch, 8));
    return 8 * divide_up(eights, std::min(most_groups, eights));
  }

  // Of a block whose group has so many rows, and which holds a chunk of them at a time.
  template <class T>
  int64_t shared_bytes(const Cut &cut, int rows, int chunk) const {
    int64_t own = 2 * static_cast<int64_t>(rows) * cut.block_units * static_cast<int64_t>(sizeof(float));
    if (cut.in_cluster && backward) {
      return own + operand_bytes<T>(gates * cut.block_units, rows) +
             parts_bytes(blocks(cut.block_units), cut.block_units, rows) + arrival_bytes;
    }
    int64_t operand = operand_bytes<T>(exchange_stride<T>(cut.splits, cut.depth), chunk);
    int64_t sums = sum_bytes(outputs_of_unit * cut.block_units, chunk, cut.splits);
    if (!cut.in_cluster) {
      return own + operand + sums;
    }
    return own + cluster_halves * operand + sums + staged_bytes<T>(cut.block_units, rows) + arrival_bytes;
  }

  template <class T>
  int64_t workspace_bytes(const carousel_persistent_layout &layout) const {
    int64_t states = static_cast<int64_t>(layout.groups) * layout.group_rows *
                     exchange_stride<T>(layout.splits, layout.depth) * static_cast<int64_t>(sizeof(T));
    return flag_bytes(layout) + (backward ? 0 : halves_in_memory(layout) * states);
  }
};

// Where it is to run.
struct Room {
  int multiprocessors, all_multiprocessors, most_shared;
};

// The least depth with which the warps of a block hold the weights of so many units; false where they do not.
template <class T>
bool fits(const Wanted &wanted, bool in_cluster, int block_units, Cut *cut) {
  if (in_cluster && wanted.backward) {
    *cut = {true, block_units, 1, wanted.gates * block_units / mma_depth<T>};
    return has_scatter(wanted.gates, block_units, static_cast<int>(sizeof(T)));
  }
  int64_t terms = wanted.terms<T>();
  int outputs = wanted.warp_outputs(block_units);
  int splits = persistent_warps / divide_up(wanted.outputs_of_unit * block_units, outputs);
  for (int depth = least_depth; depth <= most_depth; depth *= 2) {
    if (has_depth(outputs, depth) && static_cast<int64_t>(splits) * depth * mma_depth<T> >= terms) {
      *cut = {in_cluster, block_units, divide_up(static_cast<int>(terms), depth * mma_depth<T>), depth};
      return true;
    }
  }
  return false;
}

// The fewer units a block has, the fewer sums it forms in a step: the smallest blocks of which a group still takes no
// more than a cluster may have, nor than a quarter of the GPU, so that four launches side by side are cut as one alone.
// Where the weights do not fit into so few, the largest that hold them.
template <class T>
bool cut_of(const Wanted &wanted, const Room &room, bool in_cluster, Cut *cut) {
  int most = std::min({most_cluster_blocks, room.multiprocessors, std::max(1, room.all_multiprocessors / 4)});
  for (int units = wanted.least_units; units <= most_units; units *= 2) {
    if (wanted.blocks(units) <= most && fits<T>(wanted, in_cluster, units, cut)) {
      return true;
    }
  }
  for (int units = most_units; units >= wanted.least_units; units /= 2) {
    if (fits<T>(wanted, in_cluster, units, cut)) {
      int limit = in_cluster ? std::min(most_cluster_blocks, room.multiprocessors) : room.multiprocessors;
      return wanted.blocks(units) <= limit;
    }
  }
  return false;
}

template <class T>
void in_memory(const Wanted &wanted, const Room &room, carousel_persistent_layout *layout) {
  Cut cut;
  if (!cut_of<T>(wanted, room, false, &cut)) {
    return;
  }
  int blocks = wanted.blocks(cut.block_units);
  int rows = wanted.rows_of(room.multiprocessors / blocks);
  auto shared = [&](int chunk) { return wanted.shared_bytes<T>(cut, rows, chunk); };
  int chunk = rows;
  while (chunk > 8 && shared(chunk) > room.most_shared) {
    chunk -= 8;
  }
  if (shared(chunk) > room.most_shared) {
    return;
  }
  *layout = {cut.block_units, blocks, wanted.groups(rows), rows, chunk, cut.splits, cut.depth,
             static_cast<int32_t>(shared(chunk)), 0, 0, 0};
}

template <class T>
void in_clusters(const Wanted &wanted, const Room &room, carousel_persistent_layout *layout) {
  Cut cut;
  auto shared = [&](int rows) { return wanted.shared_bytes<T>(cut, rows, rows); };
  if (!cut_of<T>(wanted, room, true, &cut) || shared(8) > room.most_shared) {
    return;
  }
  int blocks = wanted.blocks(cut.block_units);
  // with all of a multiprocessor's shared memory, as the kernels take all of its registers
  int on_all = max_active_clusters(cluster_of<T>, static_cast<unsigned>(blocks), persistent_threads,
                                   static_cast<size_t>(room.most_shared));
  if (on_all == 0) {
    return;
  }
  int share = std::max(1, on_all * room.multiprocessors / room.all_multiprocessors); // they need not be there at once
  int at_once = std::min(share, room.multiprocessors / blocks);
  int rows = wanted.rows_of(at_once);
  while (shared(rows) > room.most_shared) { // further clusters follow when the first are done
    rows -= 8;
  }
  *layout = {cut.block_units, blocks, wanted.groups(rows), rows, rows, cut.splits, cut.depth,
             static_cast<int32_t>(shared(rows)), 1, 0, 0};
}

template <class T>
carousel_status layout_of(const Wanted &wanted, const Room &room, bool clusters, carousel_persistent_layout *layout) {
  *layout = {};
  if (clusters) {
    in_clusters<T>(wanted, room, layout);
  }
  if (layout->groups == 0) {
    in_memory<T>(wanted, room, layout);
  }
  if (layout->groups == 0) {
    return CAROUSEL_UNSUPPORTED;
  }
  layout->multiprocessors = room.multiprocessors;
  layout->workspace_bytes = wanted.workspace_bytes<T>(*layout);
  return CAROUSEL_OK;
}

template <class T>
bool is_layout_of(const Wanted &wanted, const carousel_persistent_layout &given) {
  bool doubled = given.block_units >= wanted.least_units && given.block_units <= most_units &&
                 (given.block_units & (given.block_units - 1)) == 0;
  bool in_cluster = given.clusters != 0;
  Cut cut;
  return doubled && fits<T>(wanted, in_cluster, given.block_units, &cut) && given.splits == cut.splits &&
         given.depth == cut.depth && given.blocks == wanted.blocks(cut.block_units) &&
         (!in_cluster || given.blocks <= most_cluster_blocks) && given.group_rows > 0 && given.group_rows % 8 == 0 &&
         given.groups == wanted.groups(given.group_rows) && given.chunk_rows > 0 && given.chunk_rows % 8 == 0 &&
         given.chunk_rows <= given.group_rows && (!in_cluster || given.chunk_rows == given.group_rows) &&
         given.shared_bytes == wanted.shared_bytes<T>(cut, given.group_rows, given.chunk_rows) &&
         given.workspace_bytes == wanted.workspace_bytes<T>(given);
}

// Calls work(zero of the type that an operand is stored as).
template <class Work>
auto with_stored(carousel_type operand, Work work) {
  return operand == CAROUSEL_BF16 ? work(__nv_bfloat16{}) : operand == CAROUSEL_F16 ? work(__half{}) : work(float{});
}

static bool is_pass(carousel_cell cell, carousel_type operand, int units, int inputs, int batch, bool backward) {
  return cell >= CAROUSEL_RNN && cell <= CAROUSEL_GRU && is_factor(operand) && units >= 1 && inputs >= 0 &&
         !(inputs > 0 && backward) && batch >= 0;
}

bool is_layout_of(carousel_cell cell, carousel_type operand, int units, int inputs, int batch, bool backward,
                  const carousel_persistent_layout &given) {
  return is_pass(cell, operand, units, inputs, batch, backward) && with_stored(operand, [&](auto zero) {
           return is_layout_of<decltype(zero)>(Wanted(cell, operand, units, inputs, batch, backward), given);
         });
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_persistent_layout_of(carousel_cell cell, carousel_type operand, int32_t units, int32_t inputs,
                                              int32_t batch, int32_t backward, int32_t multiprocessors,
                                              int32_t clusters, carousel_persistent_layout *layout) {
  if (!is_pass(cell, operand, units, inputs, batch, backward != 0) || multiprocessors < 0 || layout == nullptr) {
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
  Wanted wanted(cell, operand, units, inputs, batch, backward != 0);
  Room room{may_take, limits.multiprocessors, limits.shared_bytes};
  return with_stored(
      operand, [&](auto zero) { return layout_of<decltype(zero)>(wanted, room, clusters != 0, layout); });
}
