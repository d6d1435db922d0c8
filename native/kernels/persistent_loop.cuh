// The loop over time of the persistent kernels, forward and backward; what a cell computes comes as a body.
//
// A block owns some units of all rows of its group. In every step it multiplies its slice of the weights, which stays in
// registers, with what all blocks of the group produced in the step before, and then computes its units, each thread
// always the same ones. What it produced it hands to the others: through memory, or in a cluster into their shared memory.
#pragma once

#include "persistent_exchange.cuh"

namespace carousel {

// A thread always computes the same elements (row, unit) of its block, numbered row * units + unit; the first of those
// from `from` on that are this thread's.
__device__ inline int first_of_thread(int from) {
  return from + static_cast<int>((threadIdx.x - static_cast<unsigned>(from)) % persistent_threads);
}

// A body has
//   T                      how operands are stored
//   gates                  of the cell
//   Ahead                  what a unit reads before the product of its step is known
//   ahead(row, unit)       loads it, for a packed row
//   load(row, unit, own)   own[0], own[1] <- initial states of a row of the batch
//   step(row, unit, ahead, sums, own)  one step; own[0] becomes h
//   save(row, unit, own)   final states
template <class Format, class Body, int DEPTH>
__global__ void __launch_bounds__(persistent_threads, 1)
    persistent_forward(Recurrence recurrence, Body body, View<typename Body::T> weight, void *workspace) {
  using T = typename Body::T;
  CAROUSEL_DYNAMIC_SHARED(unsigned char, memory);
  const carousel_persistent_layout &layout = recurrence.layout;
  const int U = layout.block_units;
  const int padded = exchange_stride<T>(layout.splits, DEPTH);
  const int outputs = Body::gates * U;
  Position at(layout);
  Signals signals(workspace, layout, at);
  Shared<T> shared(memory, layout, padded, outputs);
  Product<Format, forward_outputs, DEPTH> product(
      Slice<T, false>{weight, recurrence.units, Body::gates, U, at.first_unit}, outputs, layout.splits);
  const int rows = at.rows(recurrence);
  const int owned = recurrence.units - at.first_unit < U ? recurrence.units - at.first_unit : U;
  const int second = layout.group_rows * U; // from a unit's first own value to its second
  for (int e = threadIdx.x; e < rows * U; e += persistent_threads) {
    if (e % U < owned) {
      float own[2];
      body.load(at.first_row + e / U, at.first_unit + e % U, own);
      shared.own[e] = own[0];
      shared.own[second + e] = own[1];
    }
  }
  const bool in_cluster = layout.clusters != 0;
  if (in_cluster) {
    View<T> initial = exchange_of<T>(workspace, layout, padded, 0);
    for (uint32_t half = 0; half < cluster_halves; half++) { // rows that begin later begin with either
      load_operand<Format>(shared, shared.half(layout, half), initial, at.first_row, rows, padded);
    }
  }
  uint32_t done = 0; // steps in which this group had rows
  for (int place = 0; place < recurrence.packing.steps; place++) {
    StepRows step = at.rows_of(recurrence, recurrence.step_at(place));
    if (step.count == 0) {
      continue;
    }
    View<T> from = exchange_of<T>(workspace, layout, padded, done % 2);
    View<T> to = exchange_of<T>(workspace, layout, padded, (done + 1) % 2);
    const int mine = threadIdx.x;
    bool has_work = mine / U < step.count && mine % U < owned;
    typename Body::Ahead ahead{};
    if (has_work) {
      ahead = body.ahead(step.first + mine / U, at.first_unit + mine % U);
    }
    signals.wait(done);
    for (int chunk = 0; chunk < step.count; chunk += layout.chunk_rows) {
      int count = step.count - chunk < layout.chunk_rows ? step.count - chunk : layout.chunk_rows;
      const T *operand = in_cluster ? shared.half(layout, done) : shared.operand;
      if (!in_cluster) {
        load_operand<Format>(shared, shared.operand, from, at.first_row + chunk, count, padded);
        __syncthreads();
      }
      product.run(operand, count, shared.partial, layout.chunk_rows);
      __syncthreads();
      for (int e = first_of_thread(chunk * U); e < (chunk + count) * U; e += persistent_threads) {
        int row = e / U;
        int unit = e % U;
        if (unit < owned) {
          if (e != mine) {
            ahead = body.ahead(step.first + row, at.first_unit + unit);
          }
          float sums[Body::gates];
          CAROUSEL_UNROLL
          for (int gate = 0; gate < Body::gates; gate++) {
            sums[gate] = shared.sum(layout, row - chunk, gate * U + unit);
          }
          float own[2] = {shared.own[e], shared.own[second + e]};
          body.step(step.first + row, at.first_unit + unit, ahead, sums, own);
          shared.own[e] = own[0];
          shared.own[second + e] = own[1];
          T handed;
          set(handed, own[0]);
          if (in_cluster) {
            shared.staged[row * U + unit] = as_factor<Format>(handed);
          } else {
            *to.at(at.first_row + row, at.first_unit + unit) = handed;
          }
        }
      }
    }
    if (in_cluster) {
      hand_over<1>(shared, shared.half(layout, done + 1), layout, step.count, at.first_unit, owned, U);
    }
    signals.raise(++done);
  }
  if (in_cluster && done > 0) {
    signals.wait(done); // nobody ends while others write into its memory
  }
  for (int e = threadIdx.x; e < rows * U; e += persistent_threads) {
    if (e % U < owned) {
      float own[2] = {shared.own[e], shared.own[second + e]};
      body.save(at.first_row + e / U, at.first_unit + e % U, own);
    }
  }
}

// A body has
//   T, gates, Ahead, ahead, load, save   as forward; own[0] is the gradient of h, own[1] what else the cell carries
//   factor                               the matrix [rows, gates * H] of gradients that a step hands on
//   step(row, unit, ahead, own, handed)  one step back: own[0], the whole gradient of h, becomes the part of the
//                                        gradient of the h before that does not go through the product; handed is
//                                        what was written to factor
template <class Format, class Body, int OUTPUTS, int DEPTH>
__global__ void __launch_bounds__(persistent_threads, 1)
    persistent_backward(Recurrence recurrence, Body body, View<typename Body::T> weight, void *workspace) {
  using T = typename Body::T;
  CAROUSEL_DYNAMIC_SHARED(unsigned char, memory);
  const carousel_persistent_layout &layout = recurrence.layout;
  const int U = layout.block_units;
  const int terms = Body::gates * recurrence.units;
  const int padded = exchange_stride<T>(layout.splits, DEPTH);
  Position at(layout);
  Signals signals(workspace, layout, at);
  Shared<T> shared(memory, layout, padded, U);
  Product<Format, OUTPUTS, DEPTH> product(
      Slice<T, true>{weight, recurrence.units, Body::gates, U, at.first_unit}, U, layout.splits);
  const int rows = at.rows(recurrence);
  const int owned = recurrence.units - at.first_unit < U ? recurrence.units - at.first_unit : U;
  const int second = layout.group_rows * U;
  for (int e = threadIdx.x; e < rows * U; e += persistent_threads) {
    if (e % U < owned) {
      float own[2];
      body.load(at.first_row + e / U, at.first_unit + e % U, own);
      shared.own[e] = own[0];
      shared.own[second + e] = own[1];
    }
  }
  const bool in_cluster = layout.clusters != 0;
  for (uint32_t half = 0; half < (in_cluster ? cluster_halves : 1u); half++) {
    clear_padding(shared, shared.half(layout, half), layout.chunk_rows, terms, padded);
  }
  if (in_cluster) {
    signals.wait(0); // all have started before anybody writes into their memory
  }
  uint32_t done = 0;
  StepRows later{0, 0}; // of the step before this one in backward's order
  for (int place = recurrence.packing.steps; place >= 0; place--) {
    StepRows step{0, 0};
    if (place > 0) {
      step = at.rows_of(recurrence, recurrence.step_at(place - 1));
    }
    const int mine = threadIdx.x;
    typename Body::Ahead ahead{};
    if (mine / U < step.count && mine % U < owned) {
      ahead = body.ahead(step.first + mine / U, at.first_unit + mine % U);
    }
    if (later.count > 0) {
      signals.wait(done);
    }
    for (int chunk = 0; chunk < later.count; chunk += layout.chunk_rows) {
      int count = later.count - chunk < layout.chunk_rows ? later.count - chunk : layout.chunk_rows;
      const T *operand = in_cluster ? shared.half(layout, done) : shared.operand;
      if (!in_cluster) {
        load_operand<Format>(shared, shared.operand, body.factor, later.first + chunk, count, terms);
        __syncthreads();
      }
      product.run(operand, count, shared.partial, layout.chunk_rows);
      __syncthreads();
      for (int e = first_of_thread(chunk * U); e < (chunk + count) * U; e += persistent_threads) {
        if (e % U < owned) {
          shared.own[e] += shared.sum(layout, e / U - chunk, e % U);
        }
      }
    }
    for (int e = threadIdx.x; e < step.count * U; e += persistent_threads) {
      int row = e / U;
      int unit = e % U;
      if (unit < owned) {
        if (e != mine) {
          ahead = body.ahead(step.first + row, at.first_unit + unit);
        }
        float own[2] = {shared.own[e], shared.own[second + e]};
        T handed[Body::gates];
        body.step(step.first + row, at.first_unit + unit, ahead, own, handed);
        shared.own[e] = own[0];
        shared.own[second + e] = own[1];
        if (in_cluster) {
          CAROUSEL_UNROLL
          for (int gate = 0; gate < Body::gates; gate++) {
            shared.staged[(row * Body::gates + gate) * U + unit] = as_factor<Format>(handed[gate]);
          }
        }
      }
    }
    if (step.count > 0) {
      if (in_cluster) {
        hand_over<Body::gates>(shared, shared.half(layout, done + 1), layout, step.count, at.first_unit, owned,
                               recurrence.units);
      }
      signals.raise(++done);
    }
    later = step;
  }
  for (int e = threadIdx.x; e < rows * U; e += persistent_threads) {
    if (e % U < owned) {
      float own[2] = {shared.own[e], shared.own[second + e]};
      body.save(at.first_row + e / U, at.first_unit + e % U, own);
    }
  }
}

}  // namespace carousel
