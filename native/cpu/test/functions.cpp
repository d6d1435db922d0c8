// The gate functions over arrays, for check_functions.cpp; compiled once for each instruction set.
#include "../cells.hpp"

namespace ISA {

void sigmoid_of(float *x, int64_t n) {
  for (int64_t i = 0; i < n; i += V) {
    store(x + i, sigmoid(load(x + i)));
  }
}

void tanh_of(float *x, int64_t n) {
  for (int64_t i = 0; i < n; i += V) {
    store(x + i, tanh(load(x + i)));
  }
}

void relu_of(float *x, int64_t n) {
  for (int64_t i = 0; i < n; i += V) {
    store(x + i, activate(3, load(x + i)));
  }
}

} // namespace ISA
