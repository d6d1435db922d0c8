// How a pass of the persistent kernels is cut: sizes that the host chooses and the kernels are compiled for.
#pragma once

#include "carousel/persistent.h"

#include <type_traits>

#include "hw.cuh"

namespace carousel {

// How numbers go into a product: as they are stored, or floats rounded to TF32.
struct Tf32 {
  float value;
};

template <class Format>
using Stored = std::conditional_t<std::is_same<Format, Tf32>::value, float, Format>;

constexpr int persistent_threads = 256;
constexpr int persistent_warps = persistent_threads / 32;

// Outputs that a warp forms, from `depth` tiles of terms, all of whose weights stay in its registers: outputs of a
// block are split among warps first, what warps are left then split the terms. Forward a block forms the sums of all
// gates of its units, backward the gradients of its units' states.
constexpr int forward_outputs = 32;
constexpr int backward_outputs = 16;
constexpr int narrow_outputs = 8; // backward, of blocks of 8 units

// Of a block; 8 for weights that take twice the room, of cells with several gates.
constexpr int most_units = 64;
constexpr int least_units(int gates, int operand_bytes) { return gates > 1 && operand_bytes == 4 ? 8 : 16; }

// Whether kernels of such a depth are compiled, as far as 128 registers of a lane hold the weights; blocks of 8 units
// are for few terms or for very many.
constexpr int least_depth = 8;
constexpr int most_depth = 64;
constexpr bool has_depth(int warp_outputs, int depth) {
  return warp_outputs == narrow_outputs ? depth == least_depth || depth == most_depth : warp_outputs * depth <= 512;
}

// 16-byte steps between rows of shared memory that no two lanes of a fragment meet in a bank.
template <class T>
constexpr int row_padding = 16 / static_cast<int>(sizeof(T));

constexpr int sum_padding = 4;

// The blocks of a group that is a cluster hold what they are handed twice: others write the one while they read the
// other.
constexpr int most_cluster_blocks = 16;
constexpr int cluster_halves = 2;

// Backward in a cluster: whether 128 registers of a lane hold the weights from the gates of a block of so many units to
// all units of the cluster.
constexpr bool has_scatter(int gates, int block_units, int operand_bytes) {
  return block_units >= least_units(gates, operand_bytes) && block_units <= most_units &&
         gates * block_units * block_units * operand_bytes <= 8192;
}

// Bytes of shared memory: states of the block's own units, a chunk of everybody's, partial sums.
template <class T>
__host__ __device__ inline int64_t operand_bytes(int terms, int chunk_rows) {
  return static_cast<int64_t>(chunk_rows) * (terms + row_padding<T>) * static_cast<int64_t>(sizeof(T));
}

__host__ __device__ inline int64_t sum_bytes(int outputs, int chunk_rows, int splits) {
  return static_cast<int64_t>(splits) * chunk_rows * (outputs + sum_padding) * static_cast<int64_t>(sizeof(float));
}

// Forward in a cluster: the states that a block computed, before they go to the others: [rows, block units].
template <class T>
__host__ __device__ inline int64_t staged_bytes(int block_units, int rows) {
  return static_cast<int64_t>(rows) * block_units * static_cast<int64_t>(sizeof(T));
}

// The counters of what arrives, of both halves.
constexpr int64_t arrival_bytes = cluster_halves * static_cast<int64_t>(sizeof(Arrivals));

// Backward in a cluster: what all blocks contribute to the sums of a block's units, twice.
__host__ __device__ inline int64_t parts_bytes(int blocks, int block_units, int rows) {
  return cluster_halves * static_cast<int64_t>(blocks) * rows * block_units * static_cast<int64_t>(sizeof(float));
}

// The flags of all blocks, at the beginning of the workspace.
__host__ __device__ inline int64_t flag_bytes(const carousel_persistent_layout &layout) {
  int64_t bytes = static_cast<int64_t>(layout.groups) * layout.blocks * static_cast<int64_t>(sizeof(uint32_t));
  return (bytes + 255) / 256 * 256;
}

// How often the states lie in memory: twice, for the one to be read while the other is written; of clusters once, where
// they begin.
__host__ __device__ inline int halves_in_memory(const carousel_persistent_layout &layout) {
  return layout.clusters != 0 ? 1 : 2;
}

inline int gates_of(carousel_cell cell) { return cell == CAROUSEL_LSTM ? 4 : cell == CAROUSEL_GRU ? 3 : 1; }

// Whether a pass that is given this layout stays within its registers, its shared memory and a workspace of the size
// that the layout says. Whether the GPU has so much room, the launch says. Cheap: it is asked before each.
bool is_layout_of(carousel_cell cell, carousel_type operand, int units, int inputs, int batch, bool backward,
                  const carousel_persistent_layout &given);

// Elements between rows of the states that blocks hand each other.
template <class T>
__host__ __device__ inline int exchange_stride(int splits, int depth) {
  return splits * depth * mma_depth<T>;
}

}  // namespace carousel
