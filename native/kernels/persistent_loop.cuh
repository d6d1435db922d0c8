// The loop over time of the persistent kernels, forward and backward; what a cell computes comes as a body.
//
// A block owns some units of all rows of its group, and a slice of the weights, which stays in registers. In every step
// it multiplies the slice, with what all blocks of the group handed on in the step before (backward in a cluster: with
// what it computed itself), computes its units, each thread always the same ones, and hands on what the others need.
#pragma once

#include "persistent_gather.cuh"
#include "persistent_scatter.cuh"
#include "persistent_states.cuh"

namespace carousel {

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
__device__ Kept<typename Body::Ahead> read_ahead(const Body &body, const Elements &mine, const StepRows &step,
                                                 int unit) {
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

template <class Body>
__device__ void load_own(const Body &body, const OwnStates &states, const Elements &mine, const Position &at) {
  CAROUSEL_ROLLED
  for (int row = mine.first; row < at.rows; row += mine.apart) {
    float own[2];
    body.load(at.first_row + row, at.first_unit + mine.unit, own);
    states.set(row, mine.unit, own);
  }
}

template <class Body>
__device__ void save_own(const Body &body, const OwnStates &states, const Elements &mine, const Position &at) {
  CAROUSEL_ROLLED
  for (int row = mine.first; row < at.rows; row += mine.apart) {
    float own[2];
    states.get(row, mine.unit, own);
    body.save(at.first_row + row, at.first_unit + mine.unit, own);
  }
}

// A body has
//   T                      how operands are stored
//   gates                  of the cell
//   all_sums               of which it makes a step; as many, or in a GRU one more, 0 where gates hold what x gives
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
  const int outputs = (inputs.given() ? Body::all_sums : Body::gates) * U;
  const Position at(recurrence);
  const Shared<T> shared(memory, layout, padded, outputs);
  StateExchange<Format> exchange(workspace, at, shared, inputs, recurrence.units, padded);
  const Product<Format, forward_outputs, DEPTH> product(
      Slice<T, false>{weight, recurrence.units, Body::gates, U, at.first_unit, inputs}, outputs, layout.splits);
  const Elements mine(layout, at);
  const int unit = at.first_unit + mine.unit;
  load_own(body, shared.own, mine, at);
  exchange.begin();
  typename Body::Steady steady{};
  if (mine.first < at.rows) {
    steady = body.steady(unit);
  }
  StepEnds ends = recurrence.ends_at(0);
  for (int place = 0; place < recurrence.packing.steps; place++) {
    const StepRows step = at.rows_of(recurrence, ends);
    ends = recurrence.ends_at(place + 1);
    if (step.count == 0) {
      continue;
    }
    const Kept<typename Body::Ahead> ahead = read_ahead(body, mine, step, unit);
    Kept<typename Body::Result> results;
    exchange.wait(step);
    int row = mine.first, i = 0;
    for (int chunk = 0; chunk < step.count; chunk += layout.chunk_rows) {
      int count = step.count - chunk < layout.chunk_rows ? step.count - chunk : layout.chunk_rows;
      product.run(exchange.operand(step, chunk, count), count, shared.partial, layout.chunk_rows);
      __syncthreads();
      CAROUSEL_ROLLED
      for (; row < chunk + count; row += mine.apart, i++) {
        float sums[Body::all_sums];
        CAROUSEL_UNROLL
        for (int k = 0; k < Body::all_sums; k++) {
          sums[k] = k < Body::gates || inputs.given() ? shared.sum(row - chunk, k * U + mine.unit) : 0.0f;
        }
        float own[2];
        shared.own.get(row, mine.unit, own);
        typename Body::Result result =
            body.step(steady, i < kept ? ahead.get(i) : body.ahead(step.first + row, unit), sums, own);
        shared.own.set(row, mine.unit, own);
        exchange.give(row, mine.unit, own[0]);
        if (i < kept) {
          results.set(i, result);
        } else {
          body.store(step.first + row, unit, result);
        }
      }
    }
    exchange.raise(step.count);
    CAROUSEL_ROLLED
    for (i = 0, row = mine.first; i < kept && row < step.count; i++, row += mine.apart) {
      body.store(step.first + row, unit, results.get(i));
    }
  }
  exchange.end();
  save_own(body, shared.own, mine, at);
}

// A body has
//   T, gates, Ahead, ahead, load, save   as forward; own[0] is the gradient of h, own[1] what else the cell carries
//   factor                               the matrix [rows, gates * H] of gradients that a step hands on
//   Result                               with handed[gates], which go there
//   step(ahead, own)                     one step back: own[0], the whole gradient of h, becomes the part of the
//                                        gradient of the h before that does not go through the product
//   store(row, unit, result)             the rest of a result
// and BackProduct, the way of the gradients through W_hh (GatheredProduct, ScatteredProduct),
//   own()                                the block's states
//   begin()                              all threads, first
//   give(row, packed_row, unit, handed)  the gradients of a unit in a row of the group
//   raise(rows)                          all threads, after those of a step
//   store(packed_row, unit, handed)      what the others do not wait for, any time after give()
//   add(later, mine)                     all threads, once after each raise(): waits for the others, and adds to own[0]
//                                        what went through the product in the step before, of rows `later`
template <class Body, class BackProduct>
__global__ void __launch_bounds__(persistent_threads, 1)
    persistent_backward(Recurrence recurrence, Body body, View<typename Body::T> weight, void *workspace) {
  CAROUSEL_DYNAMIC_SHARED(unsigned char, memory);
  const Position at(recurrence);
  BackProduct product(memory, recurrence, at, weight, body.factor, workspace);
  const OwnStates &states = product.own();
  const Elements mine(recurrence.layout, at);
  const int unit = at.first_unit + mine.unit;
  load_own(body, states, mine, at);
  product.begin();
  StepRows later{0, 0}; // of the step before this one in backward's order
  StepEnds ends = recurrence.ends_at(recurrence.packing.steps - 1);
  for (int place = recurrence.packing.steps - 1; place >= -1; place--) { // and once more for the last one's product
    const StepRows step = at.rows_of(recurrence, ends);
    ends = recurrence.ends_at(place - 1);
    const Kept<typename Body::Ahead> ahead = read_ahead(body, mine, step, unit);
    if (later.count > 0) {
      product.add(later, mine);
    }
    Kept<typename Body::Result> results;
    int row = mine.first;
    CAROUSEL_ROLLED
    for (int i = 0; row < step.count; row += mine.apart, i++) {
      float own[2];
      states.get(row, mine.unit, own);
      typename Body::Result result = body.step(i < kept ? ahead.get(i) : body.ahead(step.first + row, unit), own);
      states.set(row, mine.unit, own);
      product.give(row, step.first + row, mine.unit, result.handed);
      if (i < kept) {
        results.set(i, result);
      } else {
        product.store(step.first + row, mine.unit, result.handed);
        body.store(step.first + row, unit, result);
      }
    }
    if (step.count > 0) {
      product.raise(step.count);
    }
    row = mine.first;
    CAROUSEL_ROLLED
    for (int i = 0; i < kept && row < step.count; row += mine.apart, i++) {
      const typename Body::Result result = results.get(i);
      product.store(step.first + row, mine.unit, result.handed);
      body.store(step.first + row, unit, result);
    }
    later = step;
  }
  save_own(body, states, mine, at);
}

}  // namespace carousel
