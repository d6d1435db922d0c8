// Errors of the gate functions over all floats (every 1009th), both signs, against libm in double.
#include "check_functions.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "carousel/cpu.h"

namespace avx2 {
void sigmoid_of(float *x, int64_t n);
void tanh_of(float *x, int64_t n);
void relu_of(float *x, int64_t n);
} // namespace avx2
namespace avx512 {
void sigmoid_of(float *x, int64_t n);
void tanh_of(float *x, int64_t n);
void relu_of(float *x, int64_t n);
} // namespace avx512

namespace {

using Function = void (*)(float *, int64_t);

std::vector<float> arguments() {
  std::vector<float> x;
  for (uint32_t bits = 0; bits < 0x7F800000u; bits += 1009) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    x.push_back(value);
    x.push_back(-value);
  }
  x.resize(x.size() / 16 * 16);
  return x;
}

int within(const char *what, double limit, double error) {
  printf("%s: %.2e, at most %.2e\n", what, error, limit);
  return error <= limit ? 0 : 1;
}

int check(const char *isa, Function sigmoid, Function tanh, Function relu) {
  const std::vector<float> x = arguments();
  std::vector<float> s = x, t = x;
  sigmoid(s.data(), (int64_t)s.size());
  tanh(t.data(), (int64_t)t.size());
  double of_tanh = 0, of_sigmoid = 0, absolute = 0, beyond = 0;
  for (size_t i = 0; i < x.size(); i++) {
    const double v = x[i], exact_t = std::tanh(v), exact_s = 1 / (1 + std::exp(-v));
    of_tanh = std::max(of_tanh, std::fabs(t[i] - exact_t) / std::max(std::fabs(exact_t), 0x1p-126));
    absolute = std::max(absolute, std::fabs(s[i] - exact_s));
    double &relative = v >= -87.3 ? of_sigmoid : beyond;
    relative = std::max(relative, std::fabs(s[i] - exact_s) / (v >= -87.3 ? exact_s : 1));
  }
  float odd[16] = {NAN, INFINITY, -INFINITY, -1000, 1000, 0, -0.0f}, odd_s[16], odd_t[16], odd_r[16];
  std::memcpy(odd_s, odd, sizeof odd);
  std::memcpy(odd_t, odd, sizeof odd);
  std::memcpy(odd_r, odd, sizeof odd);
  relu(odd_r, 16);
  sigmoid(odd_s, 16);
  tanh(odd_t, 16);
  const bool limits = std::isnan(odd_s[0]) && odd_s[1] == 1 && odd_s[2] > 0 && odd_s[2] < 2e-38f && odd_s[5] == 0.5f &&
                      std::isnan(odd_t[0]) && odd_t[1] == 1 && odd_t[2] == -1 && odd_t[6] == 0 && std::signbit(odd_t[6]) &&
                      std::isnan(odd_r[0]) && odd_r[1] == INFINITY && odd_r[2] == 0 && odd_r[4] == 1000;
  printf("%s: NaN, infinities and 0 %s\n", isa, limits ? "as they should be" : "are wrong");
  return !limits + within("tanh, relative", 4e-7, of_tanh) + within("sigmoid, relative, x >= -87.3", 4e-7, of_sigmoid) +
         within("sigmoid below", 2e-38, beyond) + within("sigmoid, absolute", 1.5e-7, absolute);
}

} // namespace

int check_functions() {
  const int64_t vector = carousel_cpu_vector_length();
  int failures = 0;
  if (vector >= 8) {
    failures += check("avx2", avx2::sigmoid_of, avx2::tanh_of, avx2::relu_of);
  }
  if (vector >= 16) {
    failures += check("avx512", avx512::sigmoid_of, avx512::tanh_of, avx512::relu_of);
  }
  return failures;
}
