#include "matrix.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "gpu.h"
#include "report.h"

namespace check {

namespace {

std::mt19937_64 generator;

/* Bits of precision, exponents of the smallest normal and of the largest number, as frexp has them. */
struct Format {
  int bytes, precision, least, most;
};

Format format(carousel_type type) {
  switch (type) {
    case CAROUSEL_BF16:
      return {2, 8, -125, 128};
    case CAROUSEL_F16:
      return {2, 11, -13, 16};
    case CAROUSEL_I32:
      return {4, 31, 0, 31};
    default:
      return {4, 24, -125, 128};
  }
}

void encode(carousel_type type, double x, unsigned char *to) {
  if (type == CAROUSEL_I32) {
    int32_t integer = static_cast<int32_t>(x);
    memcpy(to, &integer, sizeof integer);
  } else if (type == CAROUSEL_F16) {
    int exponent = 0;
    double mantissa = std::frexp(std::fabs(x), &exponent);
    uint16_t bits = std::signbit(x) ? 0x8000 : 0;
    if (std::isnan(x)) {
      bits = 0x7FFF;
    } else if (std::isinf(x)) {
      bits |= 0x7C00;
    } else if (x != 0 && exponent < -13) {
      bits |= static_cast<uint16_t>(std::ldexp(std::fabs(x), 24));
    } else if (x != 0) {
      bits |= static_cast<uint16_t>(((exponent + 14) << 10) | (static_cast<int>(std::ldexp(mantissa, 11)) & 0x3FF));
    }
    memcpy(to, &bits, sizeof bits);
  } else {
    float real = static_cast<float>(x);
    unsigned char bytes[4];
    memcpy(bytes, &real, sizeof real);
    int width = format(type).bytes;
    memcpy(to, bytes + 4 - width, width); /* BF16 is the upper half, little-endian */
  }
}

double decode(carousel_type type, const unsigned char *from) {
  if (type == CAROUSEL_I32) {
    int32_t integer;
    memcpy(&integer, from, sizeof integer);
    return integer;
  }
  if (type == CAROUSEL_F16) {
    uint16_t bits;
    memcpy(&bits, from, sizeof bits);
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 0x3FF;
    double size = exponent == 31  ? (mantissa == 0 ? INFINITY : NAN)
                  : exponent == 0 ? std::ldexp(mantissa, -24)
                                  : std::ldexp(mantissa + 1024, exponent - 25);
    return bits >> 15 ? -size : size;
  }
  unsigned char bytes[4] = {};
  int width = format(type).bytes;
  memcpy(bytes + 4 - width, from, width);
  float real;
  memcpy(&real, bytes, sizeof real);
  return real;
}

}  // namespace

void begin_numbers() { generator.seed(1); }

double rounded(carousel_type type, double x) {
  if (type == CAROUSEL_I32) {
    return std::trunc(x);
  }
  if (x == 0 || !std::isfinite(x)) {
    return x;
  }
  Format f = format(type);
  int exponent = 0;
  std::frexp(x, &exponent);
  double unit = std::ldexp(1, std::max(exponent, f.least) - f.precision);
  double near = std::nearbyint(x / unit) * unit;
  return std::fabs(near) >= std::ldexp(1, f.most) ? std::copysign(INFINITY, x) : near;
}

Matrix::Matrix(carousel_type type, int rows, int columns, Layout layout)
    : type(type), rows(rows), columns(columns), offset(layout.offset), stride(std::max(columns + layout.gap, 1)) {
  size_t size = rows == 0 ? offset : index(rows - 1, columns);
  values.resize(size);
  for (double &value : values) {
    value = 5; /* between the rows */
  }
}

Matrix Matrix::random(carousel_type type, int rows, int columns, Layout layout, double range) {
  Matrix matrix(type, rows, columns, layout);
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      double part = static_cast<double>(generator() >> 11) * 0x1p-53;
      double value = type == CAROUSEL_I32 ? part * (range + 1) : (2 * part - 1) * range;
      matrix.values[matrix.index(r, c)] = rounded(type, value);
    }
  }
  matrix.send();
  return matrix;
}

Matrix Matrix::filled(carousel_type type, int rows, int columns, Layout layout, double value) {
  return of(type, rows, columns, layout, std::vector<double>(static_cast<size_t>(rows) * columns, value));
}

Matrix Matrix::of(carousel_type type, int rows, int columns, Layout layout, const std::vector<double> &content) {
  Matrix matrix(type, rows, columns, layout);
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      matrix.values[matrix.index(r, c)] = rounded(type, content[static_cast<size_t>(r) * columns + c]);
    }
  }
  matrix.send();
  return matrix;
}

void Matrix::send() {
  int width = format(type).bytes;
  sent.resize(std::max<size_t>(values.size() * width, 1));
  for (size_t k = 0; k < values.size(); k++) {
    encode(type, values[k], &sent[k * width]);
  }
  memory = allocate(sent.size());
  upload(memory, sent.data(), sent.size());
}

Matrix::Matrix(Matrix &&other) noexcept
    : type(other.type),
      rows(other.rows),
      columns(other.columns),
      offset(other.offset),
      stride(other.stride),
      values(std::move(other.values)),
      sent(std::move(other.sent)),
      memory(other.memory) {
  other.memory = nullptr;
}

Matrix::~Matrix() {
  if (given()) {
    release(memory);
  }
}

carousel_view Matrix::view() const {
  if (!given()) {
    return {nullptr, 0};
  }
  return {static_cast<unsigned char *>(memory) + static_cast<size_t>(offset) * format(type).bytes, stride};
}

double Matrix::at(int row, int column) const { return given() ? values[index(row, column)] : 0; }

void Matrix::set(int row, int column, double value) {
  if (given()) {
    values[index(row, column)] = value;
  }
}

void Matrix::compare(const std::string &name, double scale, double roundings) const {
  if (!given()) {
    return;
  }
  Format f = format(type);
  std::vector<unsigned char> received(sent.size());
  download(received.data(), memory, received.size());
  report.add_bits(received.data(), received.size());
  double epsilon = std::ldexp(1, -f.precision);
  double floats = std::ldexp(1, -24);
  for (size_t k = 0; k < values.size(); k++) {
    int64_t column = (static_cast<int64_t>(k) - offset) % stride;
    if (static_cast<int64_t>(k) < offset || column >= columns) {
      if (memcmp(&received[k * f.bytes], &sent[k * f.bytes], f.bytes) != 0) {
        report.fail(name, k, "lies outside of the view and was written");
      }
      continue;
    }
    double want = values[k];
    double got = decode(type, &received[k * f.bytes]);
    if (std::isnan(want) || std::isinf(want) || roundings == 0) {
      bool same = std::isnan(want) ? std::isnan(got) : got == want;
      if (!same) {
        report.fail(name, k, "is " + std::to_string(got) + ", not " + std::to_string(want));
      }
      continue;
    }
    /* float arithmetic throughout, then one rounding to the type */
    double arithmetic = floats * roundings * (std::fabs(want) + scale);
    double storage = f.precision == 24 ? 0 : 1.01 * epsilon * std::max(std::fabs(want), std::ldexp(1, f.least));
    report.error(name, k, std::fabs(got - want), arithmetic + storage);
  }
}

}  // namespace check
