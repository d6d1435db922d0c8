// What every family needs to turn Java's numbers into the C ABI's arguments.
#pragma once
#include <jni.h>

#include <cstring>

#include "carousel/status.h"

template <class T>
T *pointer(jlong address) {
  return reinterpret_cast<T *>(address);
}

inline carousel_stream stream_of(jlong handle) { return pointer<void>(handle); }

inline carousel_view view(jlong address, jlong stride) { return {pointer<void>(address), stride}; }

// A function comes as two numbers, the bytes of the struct.
inline carousel_activation activation_of(jlong first, jlong second) {
  const jlong halves[] = {first, second};
  carousel_activation f;
  static_assert(sizeof f == sizeof halves, "a function is two numbers");
  std::memcpy(&f, halves, sizeof f);
  return f;
}
