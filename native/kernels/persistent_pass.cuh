// What the host does for a pass of the persistent kernels: checks and launches.
#pragma once

#include <algorithm>
#include <type_traits>

#include "arguments.cuh"
#include "persistent_loop.cuh"

namespace carousel {

// Calls work with the units of a block of a backward pass in clusters, as a constant.
template <int GATES, int OPERAND_BYTES, int UNITS = least_units(GATES, OPERAND_BYTES), class Work>
carousel_status with_block_units(int units, Work work) {
  if constexpr (has_scatter(GATES, UNITS, OPERAND_BYTES)) {
    return units == UNITS ? work(std::integral_constant<int, UNITS>{})
                          : with_block_units<GATES, OPERAND_BYTES, 2 * UNITS>(units, work);
  } else {
    return CAROUSEL_INVALID_ARGUMENT;
  }
}

// Calls work with the depth that a layout has, as a constant.
template <int OUTPUTS, int DEPTH = least_depth, class Work>
carousel_status with_depth(int depth, Work work) {
  if constexpr (has_depth(OUTPUTS, DEPTH)) {
    if (depth == DEPTH) {
      return work(std::integral_constant<int, DEPTH>{});
    }
  }
  if constexpr (DEPTH < most_depth) {
    return with_depth<OUTPUTS, 2 * DEPTH>(depth, work);
  } else {
    return CAROUSEL_INVALID_ARGUMENT;
  }
}

// Calls work(Format{}) with what an operand is in products.
template <class Work>
carousel_status with_format(carousel_type operand, Work work) {
  if (operand == CAROUSEL_TF32) {
    return work(Tf32{});
  }
  return with_real(operand, work);
}

// The operands of a pass: of packed rows (how many the device knows; here one for each step at least), of states, and
// weights.
struct PackedArguments {
  Arguments rows;
  Arguments states;
  Arguments weight;

  PackedArguments(const carousel_packing &packing, int32_t units)
      : rows(packing.batch == 0 ? 0 : packing.steps, units), states(packing.batch, units), weight(units, units) {}

  carousel_status status() const {
    bool valid =
        rows.status() == CAROUSEL_OK && states.status() == CAROUSEL_OK && weight.status() == CAROUSEL_OK;
    return valid ? CAROUSEL_OK : CAROUSEL_INVALID_ARGUMENT;
  }
};

// Inputs that a pass multiplies too.
struct InputArguments {
  Arguments x;
  Arguments weight;

  InputArguments(const carousel_packing &packing, int32_t units, int32_t inputs)
      : x(packing.batch == 0 ? 0 : packing.steps, inputs), weight(units, inputs) {
    x.require(inputs > 0);
  }

  template <class T>
  Inputs<T> inputs(carousel_view x_view, carousel_view weight_view, bool apart) {
    return {x.matrix<T>(x_view), weight.matrix<T>(weight_view), static_cast<int>(x.columns), apart};
  }

  bool valid() const { return x.status() == CAROUSEL_OK && weight.status() == CAROUSEL_OK; }
};

// What all passes are given, and how they start.
struct PersistentPass {
  carousel_stream stream;
  carousel_type operand;
  Recurrence recurrence;
  void *workspace;

  // CAROUSEL_OK when operands and layout fit each other.
  carousel_status check(carousel_cell cell, const PackedArguments &given_operands, int inputs, bool backward) const {
    const carousel_packing &packing = recurrence.packing;
    if (given_operands.status() != CAROUSEL_OK || packing.steps < 0 || packing.batch < 0 ||
        (packing.steps > 0 && packing.offsets == nullptr) ||
        (packing.batch > 0 && reinterpret_cast<uintptr_t>(workspace) % 256 != 0)) {
      return CAROUSEL_INVALID_ARGUMENT;
    }
    bool fits =
        is_layout_of(cell, operand, recurrence.units, inputs, packing.batch, backward, recurrence.layout);
    return fits ? CAROUSEL_OK : CAROUSEL_INVALID_ARGUMENT;
  }

  int grid() const { return recurrence.layout.groups * recurrence.layout.blocks; }

  template <class... Parameters>
  carousel_status launch(void (*kernel)(Recurrence, Parameters..., void *), Parameters... operands) const {
    const carousel_persistent_layout &layout = recurrence.layout;
    if (layout.clusters != 0) {
      return CAROUSEL_LAUNCH_CLUSTER(kernel, layout.blocks, grid(), persistent_threads, layout.shared_bytes, stream,
                                     recurrence, operands..., workspace);
    }
    return CAROUSEL_LAUNCH_COOPERATIVE(kernel, grid(), persistent_threads, layout.shared_bytes, stream, recurrence,
                                       operands..., workspace);
  }

  // S: how the caller stores states.
  template <class Format, class S, class Body>
  carousel_status forward(carousel_cell cell, const PackedArguments &given, const Body &body, View<S> h,
                          View<typename Body::T> weight, const Inputs<typename Body::T> &inputs = {}) const {
    using T = typename Body::T;
    carousel_status valid = check(cell, given, inputs.count, false);
    if (valid != CAROUSEL_OK || recurrence.packing.batch == 0) {
      return valid;
    }
    return with_depth<forward_outputs>(recurrence.layout.depth, [&](auto depth) {
      constexpr int DEPTH = decltype(depth)::value;
      int padded = exchange_stride<T>(recurrence.layout.splits, DEPTH);
      int64_t elements = static_cast<int64_t>(recurrence.layout.groups) * recurrence.layout.group_rows * padded;
      int blocks = static_cast<int>(std::min<int64_t>((elements + persistent_threads - 1) / persistent_threads, 1024));
      carousel_status status = CAROUSEL_LAUNCH((persistent_start<T, S>), blocks, persistent_threads, 0, stream,
                                               recurrence, h, workspace, padded);
      if (status != CAROUSEL_OK) {
        return status;
      }
      return launch<Body, View<T>, Inputs<T>>(persistent_forward<Format, Body, DEPTH>, body, weight, inputs);
    });
  }

  template <class Format, class Body>
  carousel_status backward(carousel_cell cell, const PackedArguments &given, const Body &body,
                           View<typename Body::T> weight) const {
    carousel_status valid = check(cell, given, 0, true);
    if (valid != CAROUSEL_OK || recurrence.packing.batch == 0) {
      return valid;
    }
    if (recurrence.layout.clusters != 0) {
      return with_block_units<Body::gates, sizeof(typename Body::T)>(recurrence.layout.block_units, [&](auto units) {
        return launch_backward<ScatteredProduct<Format, Body::gates, decltype(units)::value>>(body, weight);
      });
    }
    carousel_status status = CAROUSEL_LAUNCH(persistent_lower<uint32_t>, 1, persistent_threads, 0, stream,
                                             static_cast<uint32_t *>(workspace), grid());
    if (status != CAROUSEL_OK) {
      return status;
    }
    if constexpr (least_units(Body::gates, sizeof(typename Body::T)) < backward_outputs) {
      if (recurrence.layout.block_units < backward_outputs) {
        return backward_through_memory<Format, narrow_outputs>(body, weight);
      }
    }
    return backward_through_memory<Format, backward_outputs>(body, weight);
  }

 private:
  template <class Format, int OUTPUTS, class Body>
  carousel_status backward_through_memory(const Body &body, View<typename Body::T> weight) const {
    return with_depth<OUTPUTS>(recurrence.layout.depth, [&](auto depth) {
      return launch_backward<GatheredProduct<Format, Body::gates, OUTPUTS, decltype(depth)::value>>(body, weight);
    });
  }

  template <class BackProduct, class Body>
  carousel_status launch_backward(const Body &body, View<typename Body::T> weight) const {
    return launch<Body, View<typename Body::T>>(persistent_backward<Body, BackProduct>, body, weight);
  }
};

}  // namespace carousel
