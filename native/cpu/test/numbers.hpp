// Random numbers, the same in every run, and arrays of floats for the kernels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

inline uint64_t random_state = 1;
inline double uniform() { // splitmix64, in [-1, 1)
  uint64_t z = random_state += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1;
}

inline std::vector<double> values(int64_t n, double scale) {
  std::vector<double> v(n);
  for (double &x : v) {
    x = (float)(scale * uniform());
  }
  return v;
}

// Exactly as many floats as are asked for: AddressSanitizer sees one too many.
struct Floats {
  std::unique_ptr<float[]> data;
  int64_t size = 0;
  Floats() = default;
  explicit Floats(int64_t n) : data(new float[std::max<int64_t>(n, 1)]), size(n) { std::fill_n(data.get(), n, 1e30f); }
  explicit Floats(const std::vector<double> &v) : Floats((int64_t)v.size()) { std::copy(v.begin(), v.end(), data.get()); }
  float *get() const { return data.get(); }
};
