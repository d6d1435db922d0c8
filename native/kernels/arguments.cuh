// Arguments of a C function, checked on the host before anything is enqueued.
#pragma once

#include <cmath>

#include "views.cuh"

namespace carousel {

inline bool is_valid(const carousel_activation &f) {
  return f.kind >= CAROUSEL_IDENTITY && f.kind <= CAROUSEL_SOFTPLUS && std::isfinite(f.alpha) &&
         std::isfinite(f.beta) && f.clip >= 0;
}

// Calls work(T{}) with the type that a real matrix is stored in.
template <class Work>
carousel_status with_real(carousel_type type, Work work) {
  switch (type) {
    case CAROUSEL_F32:
      return work(float{});
    case CAROUSEL_BF16:
      return work(__nv_bfloat16{});
    case CAROUSEL_F16:
      return work(__half{});
    default:
      return CAROUSEL_INVALID_ARGUMENT;
  }
}

// Calls work(From{}, To{}) with the types of a copy: both real, or integers both.
template <class Work>
carousel_status with_copied(carousel_type from_type, carousel_type to_type, Work work) {
  if (from_type == CAROUSEL_I32 && to_type == CAROUSEL_I32) {
    return work(int32_t{}, int32_t{});
  }
  return with_real(from_type, [&](auto from) {
    return with_real(to_type, [&](auto to) { return work(from, to); });
  });
}

// The operands of one call over [rows, columns]. Collects whether all of them are valid, and whether all of them allow
// a thread to take `lanes` neighbouring columns at once.
class Arguments {
 public:
  const int64_t rows;
  const int64_t columns;

  Arguments(int32_t rows, int32_t columns) : rows(rows), columns(columns), valid_(rows >= 0 && columns >= 0) {}

  // No work: operands do not matter.
  bool empty() const { return rows == 0 || columns == 0; }

  carousel_status status() const { return valid_ ? CAROUSEL_OK : CAROUSEL_INVALID_ARGUMENT; }

  bool in_lanes() const { return in_lanes_; }

  void require(bool condition) { valid_ = valid_ && condition; }

  // A matrix [rows, blocks * columns].
  template <class T>
  View<T> matrix(carousel_view view, int blocks = 1) {
    require(empty() || view.data != nullptr);
    return optional<T>(view, blocks);
  }

  // The same, which may be not given.
  template <class T>
  View<T> optional(carousel_view view, int blocks = 1) {
    require(empty() || view.data == nullptr || rows <= 1 || view.stride >= blocks * columns);
    see(static_cast<T *>(view.data), blocks);
    in_lanes_ = in_lanes_ && (view.data == nullptr || rows <= 1 || view.stride % lanes == 0);
    return View<T>{static_cast<T *>(view.data), view.stride};
  }

  // A table [?, columns], of which rows are picked.
  template <class T>
  View<T> table(carousel_view view) {
    require(empty() || (view.data != nullptr && view.stride >= 0));
    see(static_cast<T *>(view.data), 1);
    in_lanes_ = in_lanes_ && view.stride % lanes == 0;
    return View<T>{static_cast<T *>(view.data), view.stride};
  }

  // A contiguous vector [blocks * columns], which is read or written like a row.
  template <class T>
  T *vector(T *data, int blocks = 1) {
    require(empty() || data != nullptr);
    return optional_vector(data, blocks);
  }

  template <class T>
  T *optional_vector(T *data, int blocks = 1) {
    see(data, blocks);
    return data;
  }

  // Something else that must be there: one number per row, a scalar, scratch.
  template <class T>
  T *pointer(T *data) {
    require(empty() || (data != nullptr && reinterpret_cast<uintptr_t>(data) % alignof(T) == 0));
    return data;
  }

 private:
  bool valid_;
  bool in_lanes_ = true;

  // Blocks of a row must start at multiples of `lanes`.
  template <class T>
  void see(const T *data, int blocks) {
    uintptr_t address = reinterpret_cast<uintptr_t>(data);
    require(empty() || address % alignof(T) == 0);
    in_lanes_ = in_lanes_ && address % (lanes * sizeof(T)) == 0 && (blocks == 1 || columns % lanes == 0);
  }
};

}  // namespace carousel
