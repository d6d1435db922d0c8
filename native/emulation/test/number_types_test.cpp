#include <cmath>
#include <limits>

#include "check.h"
#include "emulation.h"

namespace {

/* A 16-bit type as this test sees it. */
struct Format {
  uint16_t infinity; /* bits of +infinity; above it NaN */
  float (*toFloat)(uint16_t);
  uint16_t (*fromFloat)(float);
};

const Format BFLOAT16 = {0x7f80, [](uint16_t bits) { return __bfloat162float(__nv_bfloat16{bits}); },
                         [](float value) { return __float2bfloat16_rn(value).bits; }};
const Format HALF = {0x7c00, [](uint16_t bits) { return __half2float(__half{bits}); },
                     [](float value) { return __float2half_rn(value).bits; }};

/* What IEEE 754 says about bits: sign, exponent and fraction, with `bits` of fraction and an exponent bias. */
double meaning(uint16_t bits, int fractionBits, int bias) {
  int exponent = (bits & 0x7fff) >> fractionBits;
  int fraction = bits & ((1 << fractionBits) - 1);
  double magnitude = exponent == 0 ? std::ldexp(fraction, 1 - bias - fractionBits)
                                   : std::ldexp(fraction + (1 << fractionBits), exponent - bias - fractionBits);
  return bits & 0x8000 ? -magnitude : magnitude;
}

void allValues(const Format &format, int fractionBits, int bias) {
  int wrongMeaning = 0, wrongReturn = 0;
  for (int bits = 0; bits < 0x10000; bits++) {
    uint16_t magnitude = bits & 0x7fff;
    float value = format.toFloat((uint16_t)bits);
    if (magnitude > format.infinity) {
      wrongMeaning += !std::isnan(value);
      wrongReturn += format.fromFloat(value) != 0x7fff;
      continue;
    }
    bool right = magnitude == format.infinity
                     ? std::isinf(value) && std::signbit(value) == (bits > 0x7fff)
                     : value == meaning((uint16_t)bits, fractionBits, bias) && std::signbit(value) == (bits > 0x7fff);
    wrongMeaning += !right;
    wrongReturn += format.fromFloat(value) != bits;
  }
  CHECK(wrongMeaning == 0);
  CHECK(wrongReturn == 0);
}

/* Between each two neighbours: the middle goes to the even one, what lies beside it to the nearer one. */
void allTies(const Format &format, int fractionBits, int bias) {
  int wrong = 0;
  float infinity = std::numeric_limits<float>::infinity();
  for (int low = 0; low < format.infinity; low++) {
    for (int sign : {0, 0x8000}) {
      double next = meaning((uint16_t)(low + 1), fractionBits, bias); /* of infinity: where the next value would be */
      float middle = (float)((meaning((uint16_t)low, fractionBits, bias) + next) / 2);
      int even = low % 2 == 0 ? low : low + 1;
      float factor = sign == 0 ? 1.0f : -1.0f;
      wrong += format.fromFloat(factor * middle) != (sign | even);
      wrong += format.fromFloat(factor * std::nextafter(middle, 0.0f)) != (sign | low);
      wrong += format.fromFloat(factor * std::nextafter(middle, infinity)) != (sign | (low + 1));
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

void testNumberTypes() {
  allValues(BFLOAT16, 7, 127);
  allTies(BFLOAT16, 7, 127);
  allValues(HALF, 10, 15);
  allTies(HALF, 10, 15);
  float largest = std::numeric_limits<float>::max();
  CHECK(BFLOAT16.fromFloat(largest) == 0x7f80);
  CHECK(HALF.fromFloat(-largest) == 0xfc00);
  CHECK(HALF.fromFloat(std::numeric_limits<float>::denorm_min()) == 0);
  CHECK(HALF.fromFloat(-0.0f) == 0x8000);
}
