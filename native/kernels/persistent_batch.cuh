// Which rows and units a block of the persistent kernels works on.
#pragma once

#include "persistent_layout.cuh"
#include "views.cuh"

namespace carousel {

// The packed rows [from, to) of a step, as they were read: nothing waits for them before they are looked at.
struct StepEnds {
  int from, to;
};

// What every body needs to know of the batch and of the cut.
struct Recurrence {
  carousel_packing packing;
  carousel_persistent_layout layout;
  int units;

  // The step at a place in the order of forward; none where there is no such place.
  __device__ StepEnds ends_at(int place) const {
    if (place < 0 || place >= packing.steps) {
      return {0, 0};
    }
    int step = packing.reverse != 0 ? packing.steps - 1 - place : place;
    return {packing.offsets[step], packing.offsets[step + 1]};
  }
};

// The inputs of a layer where the kernel multiplies them too: a row of terms is then h, and from first_term_of() on x.
// In a GRU the candidate's product with x stands apart from that with h, behind the other sums.
template <class T>
struct Inputs {
  View<T> x;      // [rows, count]
  View<T> weight; // W_ih
  int count;      // 0: none, what they contribute is in the gates already
  bool apart;

  __device__ bool given() const { return count > 0; }

  __host__ __device__ static int first_term_of(int units) { return (units + 7) / 8 * 8; } // whole packs of either
};

// The rows of a group that are under way at a step: packed rows [first, first + count).
struct StepRows {
  int64_t first;
  int count;
};

// Where a block stands in its group, and what it works on: as many units and rows as there are.
struct Position {
  int group, member;
  int first_row, rows;   // of the group, in the sorted batch
  int first_unit, units; // of the block

  __device__ explicit Position(const Recurrence &recurrence)
      : group(blockIdx.x / recurrence.layout.blocks),
        member(blockIdx.x % recurrence.layout.blocks),
        first_row(group * recurrence.layout.group_rows),
        rows(at_most(recurrence.layout.group_rows, recurrence.packing.batch - first_row)),
        first_unit(member * recurrence.layout.block_units),
        units(at_most(recurrence.layout.block_units, recurrence.units - first_unit)) {}

  // The rows of this group among those of a step.
  __device__ StepRows rows_of(const Recurrence &recurrence, const StepEnds &ends) const {
    int count = at_most(recurrence.layout.group_rows, ends.to - ends.from - first_row);
    return {static_cast<int64_t>(ends.from) + first_row, count < 0 ? 0 : count};
  }

 private:
  __device__ static int at_most(int most, int count) { return count < most ? count : most; }
};

// The elements of a thread, always the same: one unit of its block, in every `apart`-th row of its group from the first
// on. Threads without one begin beyond all rows.
struct Elements {
  int unit;
  int apart;
  int first;

  __device__ Elements(const carousel_persistent_layout &layout, const Position &at)
      : unit(static_cast<int>(threadIdx.x) % layout.block_units), apart(persistent_threads / layout.block_units),
        first(unit < at.units ? static_cast<int>(threadIdx.x) / layout.block_units : INT32_MAX / 2) {}
};

}  // namespace carousel
