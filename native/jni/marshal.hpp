// What every family needs to turn Java's numbers into the C ABI's arguments.
#pragma once
#include <jni.h>

#include "carousel/status.h"

template <class T>
T *pointer(jlong address) {
  return reinterpret_cast<T *>(address);
}

inline carousel_stream stream_of(jlong handle) { return pointer<void>(handle); }

inline carousel_view view(jlong address, jlong stride) { return {pointer<void>(address), stride}; }
