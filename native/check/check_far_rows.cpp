#include "carousel/lstm.h"
#include "carousel/ops.h"

#include "cells.h"
#include "gpu.h"
#include "suites.h"

/* Rows more than 2^31 elements apart: offsets must not be computed in 32 bits. */
namespace check {

namespace {

constexpr int ROWS = 2, UNITS = 8;
constexpr int64_t FAR = (int64_t{1} << 31) + 16;

class FarMatrix {
 public:
  explicit FarMatrix(int columns) : columns(columns), bytes((FAR + columns) * 2), memory(allocate_sparse(bytes)) {}
  ~FarMatrix() { release_sparse(memory, bytes); }
  FarMatrix(const FarMatrix &) = delete;
  FarMatrix &operator=(const FarMatrix &) = delete;

  carousel_view view() const { return {memory, FAR}; }

  void put(int row, const std::vector<uint16_t> &elements) {
    upload(static_cast<char *>(memory) + row * FAR * 2, elements.data(), columns * 2);
  }
  std::vector<uint16_t> get(int row) const {
    std::vector<uint16_t> elements(columns);
    download(elements.data(), static_cast<char *>(memory) + row * FAR * 2, columns * 2);
    return elements;
  }

 private:
  int columns;
  size_t bytes;
  void *memory;
};

/* BF16 numbers as bits: 1.0 and neighbours, other ones in each row. */
std::vector<uint16_t> numbers(int columns, int row) {
  std::vector<uint16_t> bits(columns);
  for (int c = 0; c < columns; c++) {
    bits[c] = static_cast<uint16_t>(0x3F80 + 16 * row + c);
  }
  return bits;
}

void expect(const char *name, const std::vector<uint16_t> &got, const std::vector<uint16_t> &want) {
  report.add_bits(got.data(), got.size() * 2);
  for (size_t k = 0; k < got.size(); k++) {
    if (got[k] != want[k]) {
      report.fail(name, k, "other bits than wanted");
    }
  }
}

void copy_and_gather() {
  FarMatrix from(UNITS), to(UNITS);
  for (int r = 0; r < ROWS; r++) {
    from.put(r, numbers(UNITS, r));
  }
  report.new_case("copy");
  require_ok("copy", carousel_copy(stream(), CAROUSEL_BF16, CAROUSEL_BF16, ROWS, UNITS, from.view(), to.view()));
  for (int r = 0; r < ROWS; r++) {
    expect("to", to.get(r), numbers(UNITS, r));
  }
  report.new_case("gather_rows");
  Matrix ids = Matrix::of(CAROUSEL_I32, 1, ROWS, {0, 0}, {1, 0});
  require_ok("gather_rows", carousel_gather_rows(stream(), CAROUSEL_BF16, CAROUSEL_BF16, ROWS, UNITS, from.view(),
                                                 ids.pointer<int32_t>(), to.view()));
  for (int r = 0; r < ROWS; r++) {
    expect("to", to.get(r), numbers(UNITS, 1 - r));
  }
}

void lstm() {
  report.new_case("lstm_forward");
  FarMatrix gates(4 * UNITS);
  std::vector<double> zeros(ROWS * UNITS, 0);
  Matrix c = Matrix::of(CAROUSEL_F32, ROWS, UNITS, {0, 0}, zeros);
  Matrix output = Matrix::of(CAROUSEL_F32, ROWS, UNITS, {0, 0}, zeros);
  std::vector<uint16_t> z(4 * UNITS, 0x3F80);
  for (int r = 0; r < ROWS; r++) {
    gates.put(r, z);
  }
  require_ok("lstm_forward",
             carousel_lstm_forward(stream(), CAROUSEL_BF16, {SIGMOID, TANH, TANH, 0, 0, nullptr}, ROWS,
                                   UNITS, gates.view(), nullptr, c.view(), {nullptr, 0}, {nullptr, 0}, {nullptr, 0},
                                   output.view()));
  double cell = sigmoid(1) * std::tanh(1.0);
  for (int r = 0; r < ROWS; r++) {
    for (int j = 0; j < UNITS; j++) {
      c.set(r, j, cell);
      output.set(r, j, sigmoid(1) * std::tanh(cell));
    }
    std::vector<uint16_t> got = gates.get(r);
    std::vector<uint16_t> want(4 * UNITS, 0x3F3B); /* sigmoid(1) = 0.7311 */
    for (int j = 2 * UNITS; j < 3 * UNITS; j++) {
      want[j] = 0x3F43; /* tanh(1) = 0.7616 */
    }
    expect("gates", got, want);
  }
  c.compare("c");
  output.compare("output");
}

}  // namespace

void check_far_rows() {
  report.begin("rows 2^31 elements apart");
  copy_and_gather();
  lstm();
}

}  // namespace check
