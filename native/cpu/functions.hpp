// Gate functions on registers. Accuracy over all floats: test in check_functions.cpp.
#pragma once

#include "vector.hpp"

namespace ISA {

// e^x for x in [-87.3, 88]: 2^n · e^r with |r| ≤ ln 2 / 2, e^r by a polynomial of degree 6.
INLINE Vector exponential(Vector x) {
  Vector n = round(mul(x, all(1.44269504f)));
  Vector r = fnma(n, all(-2.12194440e-4f), fnma(n, all(0.693359375f), x)); // ln 2 in two parts
  Vector p = all(1.3930382e-3f);
  p = fma(p, r, all(8.3333470e-3f));
  p = fma(p, r, all(4.1666646e-2f));
  p = fma(p, r, all(1.6666666e-1f));
  p = fma(p, r, all(5.0000000e-1f));
  p = fma(p, r, all(1.0f));
  p = fma(p, r, all(1.0f));
  return times_power_of_two(p, n);
}

// 1 / (1 + e^-x); below -87.3 it stays at the value there; NaN stays NaN.
INLINE Vector sigmoid(Vector x) {
  Vector v = min(all(87.3f), max(all(-87.3f), x));
  return reciprocal(add(all(1.0f), exponential(sub(all(0.0f), v))));
}

// Odd rational approximation x·P(x²)/Q(x²), coefficients as in Java's VectorMath.tanh; NaN stays NaN.
INLINE Vector tanh(Vector x) {
  Vector s = min(all(9.02f * 9.02f), mul(x, x));
  Vector p = fma(s, all(1.3384207e-8f), all(2.0635765e-5f));
  p = fma(s, p, all(3.4974543e-3f));
  p = fma(s, p, all(1.3382685e-1f));
  p = fma(s, p, all(1.0f));
  Vector q = fma(s, all(7.7902155e-7f), all(3.2885117e-4f));
  q = fma(s, q, all(2.5884349e-2f));
  q = fma(s, q, all(4.6716005e-1f));
  q = fma(s, q, all(1.0f));
  return min(all(1.0f), max(all(-1.0f), mul(mul(x, p), reciprocal(q))));
}

} // namespace ISA
