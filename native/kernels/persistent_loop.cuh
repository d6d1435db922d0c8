// The loop over time of the persistent kernels, forward and backward; what a cell computes comes as a body.
//
// A block owns some units of all rows of its group. In every step it multiplies its slice of the weights, which stays in
// registers, with what all blocks of the group produced in the step before, and then computes its units, each thread
// always the same ones. What it produced it hands to the others: through memory, or in a cluster into their shared memory.
#pragma once

#include "persistent_exchange.cuh"

namespace carousel {

// The elements of a thread, always the same: one unit of its block, in every `apart`-th row from the first on. Threads
// without one begin beyond all rows.
struct Elements {
  int unit;
  int apart;
  int first;

  __device__ Elements(int block_units, int owned)
      : unit(static_cast<int>(threadIdx.x) % block_units), apart(persistent_threads / block_units),
        first(unit < owned ? static_cast<int>(threadIdx.x) / block_units : INT32_MAX / 2) {}
};

// Of how many of its elements a thread reads ahead of the wait, and stores results behind what the others wait for.
constexpr int kept = 2;

// What a thread keeps of these elements. In registers, which have no index: the others are passed by.
template <class V>
struct Kept {
  V value[kept]{};

  __device__ V get(int i) const {
    V chosen = value[0];
    CAROUSEL_UNROLL
    for (int k = 1; k < kept; k++) {
      if (i == k) {
        chosen = value[k];
      }
    }
    return chosen;
  }

  __device__ void set(int i, const V &one) {
    CAROUSEL_UNROLL
    for (int k = 0; k < kept; k++) {
      if (i == k) {
        value[k] = one;
      }
    }
  }
};

template <class Body>
__device__ Kept<typename Body::Ahead> read_ahead(const Body &body, const Elements &mine, const StepRows &step, int unit) {
  Kept<typename Body::Ahead> ahead;
  CAROUSEL_UNROLL
  for (int i = 0; i < kept; i++) {
    int row = mine.first + i * mine.apart;
    if (row < step.count) {
      ahead.value[i] = body.ahead(step.first + row, unit);
    }
  }
  return ahead;
}

// A body has
//   T                      how operands are stored
//   gates                  of the cell
//   all_sums               of which it makes a step; as many, or in a GRU one more, 0 where gates hold what x contributes
//   Ahead                  what a unit reads before the product of its step is known, as it is stored: a number that is
//                          only loaded keeps nobody from going on
//   ahead(row, unit)       loads it, for a packed row
//   Steady                 what is the same in all steps of a unit
//   steady(unit)           loads it
//   load(row, unit, own)   own[0], own[1] <- initial states of a row of the batch
//   Result                 what a step leaves behind for others than the next step
//   step(steady, ahead, sums, own)  one step; own[0] becomes h
//   store(row, unit, result)
//   save(row, unit, own)   final states
template <class Format, class Body, int DEPTH>
__global__ void __launch_bounds__(persistent_threads, 1)
    persistent_forward(Recurrence recurrence, Body body, View<typename Body::T> weight,
                       Inputs<typename Body::T> inputs, void *workspace) {
  using T = typename Body::T;
  CAROUSEL_DYNAMIC_SHARED(unsigned char, memory);
  const carousel_persistent_layout &layout = recurrence.layout;
  const int U = layout.block_units;
  const int padded = exchange_stride<T>(layout.splits, DEPTH);
  const bool multiplies_inputs = inputs.count > 0;
  const int outputs = (multiplies_inputs ? Body::all_sums : Body::gates) * U;
  const int first_input = Inputs<T>::first_term_of(recurrence.units);
  Position at(layout);
  Signals signals(workspace, layout, at);
  Shared<T> shared(memory, layout, padded, outputs);
  Product<Format, forward_outputs, DEPTH> product(
      Slice<T, false>{weight, recurrence.units, Body::gates, U, at.first_unit, inputs}, outputs, layout.splits);
  const int rows = at.rows(recurrence);
  const int owned = recurrence.units - at.first_unit < U ? recurrence.units - at.first_unit : U;
  const Elements mine(U, owned);
  const int unit = at.first_unit + mine.unit;
  const int second = layout.group_rows * U; // from a unit's first own value to its second
  CAROUSEL_ROLLED
  for (int row = mine.first; row < rows; row += mine.apart) {
    float own[2];
    body.load(at.first_row + row, unit, own);
    shared.own[row * U + mine.unit] = own[0];
    shared.own[second + row * U + mine.unit] = own[1];
  }
  const bool in_cluster = layout.clusters != 0;
  if (in_cluster) {
    View<T> initial = exchange_of<T>(workspace, layout, padded, 0);
    CAROUSEL_ROLLED
    for (uint32_t half = 0; half < cluster_halves; half++) { // rows that begin later begin with either
      load_packs<Format, packed<T>>(shared, shared.half(layout, half), initial, at.first_row, rows, padded);
    }
    __syncthreads(); // before inputs come to where zeros are now
  } else if (multiplies_inputs) {
    clear_padding(shared, shared.operand, layout.chunk_rows, first_input + inputs.count, padded);
  }
  typename Body::Steady steady{};
  if (mine.first < rows) {
    steady = body.steady(unit);
  }
  uint32_t done = 0; // steps in which this group had rows
  StepEnds ends = recurrence.ends_at(0);
  for (int place = 0; place < recurrence.packing.steps; place++) {
    const StepRows step = at.rows_of(recurrence, ends);
    ends = recurrence.ends_at(place + 1);
    if (step.count == 0) {
      continue;
    }
    View<T> from = exchange_of<T>(workspace, layout, padded, done % 2);
    View<T> to = exchange_of<T>(workspace, layout, padded, (done + 1) % 2);
    const Kept<typename Body::Ahead> ahead = read_ahead(body, mine, step, unit);
    Kept<typename Body::Result> results;
    if (in_cluster && multiplies_inputs) {
      load_operand<Format>(shared, shared.half(layout, done) + first_input, inputs.x, step.first, step.count, inputs.count);
    }
    signals.wait(done);
    if (in_cluster && multiplies_inputs) {
      __syncthreads(); // the cluster's barrier was arrived at before
    }
    int row = mine.first, i = 0;
    for (int chunk = 0; chunk < step.count; chunk += layout.chunk_rows) {
      int count = step.count - chunk < layout.chunk_rows ? step.count - chunk : layout.chunk_rows;
      const T *operand = in_cluster ? shared.half(layout, done) : shared.operand;
      if (!in_cluster) {
        load_packs<Format, packed<T>>(shared, shared.operand, from, at.first_row + chunk, count,
                                      multiplies_inputs ? first_input : padded);
        if (multiplies_inputs) {
          load_operand<Format>(shared, shared.operand + first_input, inputs.x, step.first + chunk, count, inputs.count);
        }
        __syncthreads();
      }
      product.run(operand, count, shared.partial, layout.chunk_rows);
      __syncthreads();
      CAROUSEL_ROLLED
      for (; row < chunk + count; row += mine.apart, i++) {
        float sums[Body::all_sums];
        CAROUSEL_UNROLL
        for (int k = 0; k < Body::all_sums; k++) {
          sums[k] = k < Body::gates || multiplies_inputs ? shared.sum(layout, row - chunk, k * U + mine.unit) : 0.0f;
        }
        const int e = row * U + mine.unit;
        float own[2] = {shared.own[e], shared.own[second + e]};
        typename Body::Result result =
            body.step(steady, i < kept ? ahead.get(i) : body.ahead(step.first + row, unit), sums, own);
        shared.own[e] = own[0];
        shared.own[second + e] = own[1];
        T handed;
        set(handed, own[0]);
        if (in_cluster) {
          shared.staged[e] = as_factor<Format>(handed);
        } else {
          *to.at(at.first_row + row, unit) = handed;
        }
        if (i < kept) {
          results.set(i, result);
        } else {
          body.store(step.first + row, unit, result);
        }
      }
    }
    if (in_cluster) {
      hand_over<1>(shared, shared.half(layout, done + 1), layout, step.count, at.first_unit, owned, U);
    }
    signals.raise(++done);
    CAROUSEL_ROLLED
    for (i = 0, row = mine.first; i < kept && row < step.count; i++, row += mine.apart) {
      body.store(step.first + row, unit, results.get(i));
    }
  }
  if (in_cluster && done > 0) {
    signals.wait(done); // nobody ends while others write into its memory
  }
  CAROUSEL_ROLLED
  for (int row = mine.first; row < rows; row += mine.apart) {
    float own[2] = {shared.own[row * U + mine.unit], shared.own[second + row * U + mine.unit]};
    body.save(at.first_row + row, unit, own);
  }
}

// A body has
//   T, gates, Ahead, ahead, load, save   as forward; own[0] is the gradient of h, own[1] what else the cell carries
//   factor                               the matrix [rows, gates * H] of gradients that a step hands on
//   Result                               with handed[gates], which go there
//   step(ahead, own)                     one step back: own[0], the whole gradient of h, becomes the part of the
//                                        gradient of the h before that does not go through the product
//   store(row, unit, result)             the rest of a result
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
      Slice<T, true>{weight, recurrence.units, Body::gates, U, at.first_unit, {}}, U, layout.splits);
  const int rows = at.rows(recurrence);
  const int owned = recurrence.units - at.first_unit < U ? recurrence.units - at.first_unit : U;
  const Elements mine(U, owned);
  const int unit = at.first_unit + mine.unit;
  const int second = layout.group_rows * U;
  CAROUSEL_ROLLED
  for (int row = mine.first; row < rows; row += mine.apart) {
    float own[2];
    body.load(at.first_row + row, unit, own);
    shared.own[row * U + mine.unit] = own[0];
    shared.own[second + row * U + mine.unit] = own[1];
  }
  const bool in_cluster = layout.clusters != 0;
  CAROUSEL_ROLLED
  for (uint32_t half = 0; half < (in_cluster ? cluster_halves : 1u); half++) {
    clear_padding(shared, shared.half(layout, half), layout.chunk_rows, terms, padded);
  }
  if (in_cluster) {
    signals.wait(0); // all have started before anybody writes into their memory
  }
  uint32_t done = 0;
  StepRows later{0, 0}; // of the step before this one in backward's order
  StepEnds ends = recurrence.ends_at(recurrence.packing.steps - 1);
  for (int place = recurrence.packing.steps - 1; place >= -1; place--) { // and once more for the last one's product
    const StepRows step = at.rows_of(recurrence, ends);
    ends = recurrence.ends_at(place - 1);
    const Kept<typename Body::Ahead> ahead = read_ahead(body, mine, step, unit);
    if (later.count > 0) {
      signals.wait(done);
    }
    int row = mine.first;
    for (int chunk = 0; chunk < later.count; chunk += layout.chunk_rows) {
      int count = later.count - chunk < layout.chunk_rows ? later.count - chunk : layout.chunk_rows;
      const T *operand = in_cluster ? shared.half(layout, done) : shared.operand;
      if (!in_cluster) {
        load_operand<Format>(shared, shared.operand, body.factor, later.first + chunk, count, terms);
        __syncthreads();
      }
      product.run(operand, count, shared.partial, layout.chunk_rows);
      __syncthreads();
      CAROUSEL_ROLLED
      for (; row < chunk + count; row += mine.apart) {
        shared.own[row * U + mine.unit] += shared.sum(layout, row - chunk, mine.unit);
      }
    }
    Kept<typename Body::Result> results;
    auto store_factor = [&](int64_t packed_row, const typename Body::Result &result) {
      CAROUSEL_UNROLL
      for (int gate = 0; gate < Body::gates; gate++) {
        *body.factor.at(packed_row, gate * recurrence.units + unit) = result.handed[gate];
      }
    };
    row = mine.first;
    CAROUSEL_ROLLED
    for (int i = 0; row < step.count; row += mine.apart, i++) {
      const int e = row * U + mine.unit;
      float own[2] = {shared.own[e], shared.own[second + e]};
      typename Body::Result result = body.step(i < kept ? ahead.get(i) : body.ahead(step.first + row, unit), own);
      shared.own[e] = own[0];
      shared.own[second + e] = own[1];
      if (in_cluster) {
        CAROUSEL_UNROLL
        for (int gate = 0; gate < Body::gates; gate++) {
          shared.staged[(row * Body::gates + gate) * U + mine.unit] = as_factor<Format>(result.handed[gate]);
        }
      }
      if (!in_cluster || i >= kept) { // in memory it is what the others wait for
        store_factor(step.first + row, result);
      }
      if (i < kept) {
        results.set(i, result);
      } else {
        body.store(step.first + row, unit, result);
      }
    }
    if (step.count > 0) {
      if (in_cluster) {
        hand_over<Body::gates>(shared, shared.half(layout, done + 1), layout, step.count, at.first_unit, owned,
                               recurrence.units);
      }
      signals.raise(++done);
    }
    row = mine.first;
    CAROUSEL_ROLLED
    for (int i = 0; i < kept && row < step.count; row += mine.apart, i++) {
      typename Body::Result result = results.get(i);
      if (in_cluster) {
        store_factor(step.first + row, result);
      }
      body.store(step.first + row, unit, result);
    }
    later = step;
  }
  CAROUSEL_ROLLED
  for (int row = mine.first; row < rows; row += mine.apart) {
    float own[2] = {shared.own[row * U + mine.unit], shared.own[second + row * U + mine.unit]};
    body.save(at.first_row + row, unit, own);
  }
}

}  // namespace carousel
