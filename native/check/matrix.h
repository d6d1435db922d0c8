/* A matrix on the GPU, beside it in double what it should hold. */
#ifndef CAROUSEL_CHECK_MATRIX_H
#define CAROUSEL_CHECK_MATRIX_H

#include <cstdint>
#include <string>
#include <vector>

#include "carousel/status.h"

namespace check {

/* Elements before the first one, and between two rows. */
struct Layout {
  int offset;
  int gap;
};

/* Aligned to 16 bytes or not, contiguous or not. */
constexpr Layout LAYOUTS[] = {{0, 0}, {0, 4}, {4, 8}, {1, 0}, {0, 3}, {3, 5}};
constexpr int ALIGNED_LAYOUTS = 3, ALL_LAYOUTS = 6;

/* A number as the type holds it, rounded to the nearest, ties to even. */
double rounded(carousel_type type, double x);

/* Random numbers start again from the first one. */
void begin_numbers();

class Matrix {
 public:
  /* Not given: the view's data is NULL, elements are 0, writing does nothing. */
  Matrix() = default;

  /* Random numbers in [-range, range] that the type holds exactly; of integers 0..range. */
  static Matrix random(carousel_type type, int rows, int columns, Layout layout, double range = 1);
  static Matrix filled(carousel_type type, int rows, int columns, Layout layout, double value);
  static Matrix of(carousel_type type, int rows, int columns, Layout layout, const std::vector<double> &values);

  ~Matrix();
  Matrix(Matrix &&other) noexcept;
  Matrix(const Matrix &) = delete;
  Matrix &operator=(const Matrix &) = delete;
  Matrix &operator=(Matrix &&) = delete;

  bool given() const { return memory != nullptr; }
  carousel_view view() const;
  template <class T>
  T *pointer() const {
    return static_cast<T *>(view().data);
  }

  double at(int row, int column) const;
  void set(int row, int column, double value);

  /*
   * Reads the GPU's copy and reports how far it is from what it should hold; `scale` is the size of the terms that
   * were added up, `rounding` how many roundings are allowed; 0 asks for the very bits. Elements between the rows must
   * not have changed.
   */
  void compare(const std::string &name, double scale = 1, double roundings = 24) const;

 private:
  Matrix(carousel_type type, int rows, int columns, Layout layout);
  size_t index(int row, int column) const { return offset + static_cast<size_t>(row) * stride + column; }
  void send();

  carousel_type type = CAROUSEL_F32;
  int rows = 0, columns = 0, offset = 0, stride = 0;
  std::vector<double> values;
  std::vector<unsigned char> sent;
  void *memory = nullptr;
};

}  // namespace check

#endif
