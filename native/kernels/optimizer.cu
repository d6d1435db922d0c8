// Optimizers, element by element over all parameters at once.
#include "carousel/optimizer.h"

#include "each.cuh"

namespace carousel {

constexpr int most_targets = 64;
constexpr int update_threads = 256;
constexpr int64_t elements_a_block = update_threads * lanes * 2;

// The parameters of one launch; target k has the blocks first_block[k] .. first_block[k + 1] - 1.
struct Targets {
  carousel_target target[most_targets];
  int32_t first_block[most_targets + 1];
};

static_assert(sizeof(Targets) <= 4000, "kernels take 4 KB of parameters");

// Each rule is the formula of UpdateRule for one element; g is the gradient times the gradient scale.

struct Sgd {
  float learning_rate;
  float momentum;
  bool nesterov;
  float weight_decay;
  bool first_step;

  __device__ void update(float &value, float g, float &buffer, float &) const {
    g = fmaf(weight_decay, value, g);
    if (momentum > 0) {
      buffer = first_step ? g : fmaf(momentum, buffer, g);
      g = nesterov ? fmaf(momentum, buffer, g) : buffer;
    }
    value = fmaf(-learning_rate, g, value);
  }
};

// mean <- decay * mean + (1 - decay) * x, with both factors rounded from double.
struct Average {
  float decay;
  float rest;

  explicit Average(double decay) : decay(static_cast<float>(decay)), rest(static_cast<float>(1 - decay)) {}

  __device__ void add(float &mean, float x) const { mean = fmaf(decay, mean, rest * x); }
};

struct Adam {
  float step_size;
  Average first;
  Average second;
  float epsilon;
  float root_correction;
  float coupled_decay;
  float shrink;

  __device__ void update(float &value, float g, float &mean, float &square) const {
    g = fmaf(coupled_decay, value, g);
    first.add(mean, g);
    second.add(square, g * g);
    value = fmaf(-step_size, mean / (sqrtf(square) / root_correction + epsilon), shrink * value);
  }
};

struct RmsProp {
  float learning_rate;
  Average average;
  float epsilon;
  float momentum;
  float weight_decay;

  __device__ void update(float &value, float g, float &square, float &buffer) const {
    g = fmaf(weight_decay, value, g);
    average.add(square, g * g);
    float move = g / (sqrtf(square) + epsilon);
    if (momentum > 0) {
      buffer = fmaf(momentum, buffer, move);
      move = buffer;
    }
    value = fmaf(-learning_rate, move, value);
  }
};

struct Adagrad {
  float learning_rate;
  float epsilon;
  float weight_decay;

  __device__ void update(float &value, float g, float &sum, float &) const {
    g = fmaf(weight_decay, value, g);
    sum = fmaf(g, g, sum);
    value = fmaf(-learning_rate, g / (sqrtf(sum) + epsilon), value);
  }
};

// N neighbouring elements of a target; a state that the rule does not have is not touched.
template <int N, class Rule>
__device__ void update_elements(const Rule &rule, const carousel_target &target, float scale, int64_t at) {
  Reals<N> value = load<N>(target.value + at);
  Reals<N> g = load<N>(target.gradient + at);
  Reals<N> first = load_or_zero<N>(target.first, at);
  Reals<N> second = load_or_zero<N>(target.second, at);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    rule.update(value[k], scale * g[k], first[k], second[k]);
  }
  store<N>(target.value + at, value);
  if (target.first != nullptr) {
    store<N>(target.first + at, first);
  }
  if (target.second != nullptr) {
    store<N>(target.second + at, second);
  }
}

__device__ inline bool in_lanes(const carousel_target &target) {
  uintptr_t addresses = reinterpret_cast<uintptr_t>(target.value) | reinterpret_cast<uintptr_t>(target.gradient) |
                        reinterpret_cast<uintptr_t>(target.first) | reinterpret_cast<uintptr_t>(target.second);
  return addresses % (lanes * sizeof(float)) == 0;
}

template <class Rule>
__global__ void __launch_bounds__(update_threads)
    update(Targets targets, const float *gradient_scale, Rule rule) {
  int32_t block = static_cast<int32_t>(blockIdx.x);
  int k = 0;
  while (block >= targets.first_block[k + 1]) {
    k++;
  }
  const carousel_target &target = targets.target[k];
  float scale = gradient_scale == nullptr ? 1.0f : *gradient_scale;
  int64_t begin = (block - targets.first_block[k]) * elements_a_block;
  int64_t end = begin + elements_a_block < target.count ? begin + elements_a_block : target.count;
  if (in_lanes(target)) {
    for (int64_t at = begin + static_cast<int64_t>(threadIdx.x) * lanes; at + lanes <= end;
         at += update_threads * lanes) {
      update_elements<lanes>(rule, target, scale, at);
    }
    begin = end - (end - begin) % lanes;
  }
  for (int64_t at = begin + threadIdx.x; at < end; at += update_threads) {
    update_elements<1>(rule, target, scale, at);
  }
}

// Enqueues the rule for all targets, most_targets to a launch.
template <class Rule>
carousel_status enqueue(carousel_stream stream, int32_t count, const carousel_target *targets,
                        const float *gradient_scale, const Rule &rule, bool has_first, bool has_second) {
  static_assert(std::is_trivially_copyable<Rule>::value, "a rule travels to the device as bytes");
  if (count < 0 || (count > 0 && targets == nullptr)) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  constexpr int64_t most_elements = INT32_MAX / most_targets * elements_a_block;
  for (int32_t k = 0; k < count; k++) {
    const carousel_target &target = targets[k];
    bool complete = target.value != nullptr && target.gradient != nullptr && (!has_first || target.first != nullptr) &&
                    (!has_second || target.second != nullptr);
    if (target.count < 0 || target.count > most_elements || (target.count > 0 && !complete)) {
      return CAROUSEL_INVALID_ARGUMENT;
    }
  }
  for (int32_t begin = 0; begin < count; begin += most_targets) {
    Targets part = {};
    int32_t size = std::min(count - begin, most_targets);
    for (int32_t k = 0; k < size; k++) {
      carousel_target target = targets[begin + k];
      target.first = has_first ? target.first : nullptr;
      target.second = has_second ? target.second : nullptr;
      part.target[k] = target;
      int64_t blocks = (target.count + elements_a_block - 1) / elements_a_block;
      part.first_block[k + 1] = part.first_block[k] + static_cast<int32_t>(blocks);
    }
    int32_t blocks = part.first_block[size];
    if (blocks > 0) {
      carousel_status status = CAROUSEL_LAUNCH(update<Rule>, static_cast<unsigned>(blocks), update_threads, 0, stream,
                                               part, gradient_scale, rule);
      if (status != CAROUSEL_OK) {
        return status;
      }
    }
  }
  return CAROUSEL_OK;
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_sgd(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                             const float *gradient_scale, float learning_rate, float momentum, int32_t nesterov,
                             float weight_decay, int32_t first_step) {
  Sgd rule{learning_rate, momentum, nesterov != 0, weight_decay, first_step != 0};
  return enqueue(stream, targets_count, targets, gradient_scale, rule, momentum > 0, false);
}

carousel_status carousel_adam(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                              const float *gradient_scale, float step_size, double beta1, double beta2, float epsilon,
                              float root_correction, float coupled_decay, float shrink) {
  Adam rule{step_size, Average(beta1), Average(beta2), epsilon, root_correction, coupled_decay, shrink};
  return enqueue(stream, targets_count, targets, gradient_scale, rule, true, true);
}

carousel_status carousel_rms_prop(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                  const float *gradient_scale, float learning_rate, double alpha, float epsilon,
                                  float momentum, float weight_decay) {
  RmsProp rule{learning_rate, Average(alpha), epsilon, momentum, weight_decay};
  return enqueue(stream, targets_count, targets, gradient_scale, rule, true, momentum > 0);
}

carousel_status carousel_adagrad(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                 const float *gradient_scale, float learning_rate, float epsilon, float weight_decay) {
  Adagrad rule{learning_rate, epsilon, weight_decay};
  return enqueue(stream, targets_count, targets, gradient_scale, rule, true, false);
}
