// One register of V floats: AVX-512 (V = 16) or AVX2 with FMA (V = 8), chosen by the compiler's options. Everything in
// kernels.cpp is compiled once for each, in namespace ISA.
#pragma once

#include <immintrin.h>

#include <cstdint>

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define ISA avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define ISA avx2
#else
#error "compile with AVX-512 or with AVX2 and FMA"
#endif

#define INLINE inline __attribute__((always_inline))

namespace ISA {

#ifdef __AVX512F__

using Vector = __m512;
constexpr int V = 16;
constexpr int TILE_ROWS = 6; // 6 rows of 4 vectors, 4 vectors of weights, 1 or 2 broadcasts: 32 registers

INLINE Vector load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void store(float *p, Vector x) { _mm512_storeu_ps(p, x); }
INLINE Vector all(float x) { return _mm512_set1_ps(x); }
INLINE Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
INLINE Vector sub(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
INLINE Vector mul(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
INLINE Vector fnma(Vector a, Vector b, Vector c) { return _mm512_fnmadd_ps(a, b, c); } // c - a·b
// the second operand where either is NaN
INLINE Vector min(Vector a, Vector b) { return _mm512_min_ps(a, b); }
INLINE Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
// x · 2^n for integers n in [-126, 127] given as floats
INLINE Vector times_power_of_two(Vector x, Vector n) { return _mm512_scalef_ps(x, n); }
// 1 / x to 2^-27 or so: an estimate to 2^-14 and a step of Newton's method
INLINE Vector reciprocal(Vector x) {
  Vector y = _mm512_rcp14_ps(x);
  return _mm512_mul_ps(y, _mm512_fnmadd_ps(x, y, _mm512_set1_ps(2.0f)));
}
INLINE float total(Vector x) { return _mm512_reduce_add_ps(x); }
// the lanes of each added up, all four in the same order
INLINE __m128 totals(Vector a, Vector b, Vector c, Vector d) {
  const Vector ab = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
  const Vector cd = _mm512_add_ps(_mm512_shuffle_f32x4(c, d, 0x44), _mm512_shuffle_f32x4(c, d, 0xee));
  Vector s = _mm512_add_ps(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xdd)); // 4 lanes of each
  s = _mm512_add_ps(s, _mm512_permute_ps(s, 0x4e));
  s = _mm512_add_ps(s, _mm512_permute_ps(s, 0xb1));
  const __m512i first = _mm512_setr_epi32(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  return _mm512_castps512_ps128(_mm512_permutexvar_ps(first, s));
}
INLINE Vector pairs(Vector a, Vector b, bool high) {
  const __m512d x = _mm512_castps_pd(a), y = _mm512_castps_pd(b);
  return _mm512_castpd_ps(high ? _mm512_unpackhi_pd(x, y) : _mm512_unpacklo_pd(x, y));
}
// Turns a square round: element j of x[i] becomes element i of x[j].
INLINE void transpose(Vector (&x)[V]) {
  Vector y[V];
  for (int i = 0; i < V; i += 2) {
    y[i] = _mm512_unpacklo_ps(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_ps(x[i], x[i + 1]);
  }
  for (int i = 0; i < V; i += 4) { // x[i + j] holds column j, and each fourth one after it, of rows i … i + 3
    for (int j = 0; j < 4; j++) {
      x[i + j] = pairs(y[i + j / 2], y[i + j / 2 + 2], j % 2 == 1);
    }
  }
  for (int j = 0; j < 4; j++) {
    const Vector even[2] = {_mm512_shuffle_f32x4(x[j], x[4 + j], 0x88), _mm512_shuffle_f32x4(x[8 + j], x[12 + j], 0x88)};
    const Vector odd[2] = {_mm512_shuffle_f32x4(x[j], x[4 + j], 0xdd), _mm512_shuffle_f32x4(x[8 + j], x[12 + j], 0xdd)};
    y[j] = _mm512_shuffle_f32x4(even[0], even[1], 0x88);
    y[8 + j] = _mm512_shuffle_f32x4(even[0], even[1], 0xdd);
    y[4 + j] = _mm512_shuffle_f32x4(odd[0], odd[1], 0x88);
    y[12 + j] = _mm512_shuffle_f32x4(odd[0], odd[1], 0xdd);
  }
  for (int i = 0; i < V; i++) {
    x[i] = y[i];
  }
}
INLINE Vector round(Vector x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// a > 0 ? x : 0
INLINE Vector where_positive(Vector a, Vector x) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_GT_OQ), x);
}
// the first n floats; the others are 0, or are left alone
INLINE Vector load_part(const float *p, int64_t n) { return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p); }
INLINE void store_part(float *p, Vector x, int64_t n) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x); }

#else

using Vector = __m256;
constexpr int V = 8;
constexpr int TILE_ROWS = 3; // 3 rows of 4 vectors: 12 of 16 registers

INLINE Vector load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void store(float *p, Vector x) { _mm256_storeu_ps(p, x); }
INLINE Vector all(float x) { return _mm256_set1_ps(x); }
INLINE Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
INLINE Vector sub(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
INLINE Vector mul(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
INLINE Vector fma(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
INLINE Vector fnma(Vector a, Vector b, Vector c) { return _mm256_fnmadd_ps(a, b, c); }
INLINE Vector min(Vector a, Vector b) { return _mm256_min_ps(a, b); }
INLINE Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
INLINE Vector times_power_of_two(Vector x, Vector n) {
  __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
  return _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}
INLINE Vector reciprocal(Vector x) { return _mm256_div_ps(_mm256_set1_ps(1.0f), x); }
INLINE float total(Vector x) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
INLINE __m128 totals(Vector a, Vector b, Vector c, Vector d) {
  const Vector s = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));
}
INLINE Vector pairs(Vector a, Vector b, bool high) {
  const __m256d x = _mm256_castps_pd(a), y = _mm256_castps_pd(b);
  return _mm256_castpd_ps(high ? _mm256_unpackhi_pd(x, y) : _mm256_unpacklo_pd(x, y));
}
INLINE void transpose(Vector (&x)[V]) {
  Vector y[V];
  for (int i = 0; i < V; i += 2) {
    y[i] = _mm256_unpacklo_ps(x[i], x[i + 1]);
    y[i + 1] = _mm256_unpackhi_ps(x[i], x[i + 1]);
  }
  for (int i = 0; i < V; i += 4) {
    for (int j = 0; j < 4; j++) {
      x[i + j] = pairs(y[i + j / 2], y[i + j / 2 + 2], j % 2 == 1);
    }
  }
  for (int j = 0; j < 4; j++) {
    y[j] = _mm256_permute2f128_ps(x[j], x[4 + j], 0x20);
    y[4 + j] = _mm256_permute2f128_ps(x[j], x[4 + j], 0x31);
  }
  for (int i = 0; i < V; i++) {
    x[i] = y[i];
  }
}
INLINE Vector round(Vector x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE Vector where_positive(Vector a, Vector x) {
  return _mm256_and_ps(_mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_GT_OQ), x);
}
INLINE __m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE Vector load_part(const float *p, int64_t n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void store_part(float *p, Vector x, int64_t n) { _mm256_maskstore_ps(p, first_lanes(n), x); }

#endif

} // namespace ISA
