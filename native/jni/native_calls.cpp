// io.carousel.device.cuda.NativeCalls
#include "io_carousel_device_cuda_NativeCalls.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_NativeCalls_abi(JNIEnv *, jclass) { return carousel_abi(); }

jint Java_io_carousel_device_cuda_NativeCalls_toolkit(JNIEnv *, jclass) { return carousel_toolkit(); }

jint Java_io_carousel_device_cuda_NativeCalls_setDevice(JNIEnv *, jclass, jint ordinal) {
  return carousel_set_device(ordinal);
}

jstring Java_io_carousel_device_cuda_NativeCalls_statusName(JNIEnv *env, jclass, jint status) {
  return env->NewStringUTF(carousel_status_name(status));
}

jstring Java_io_carousel_device_cuda_NativeCalls_statusText(JNIEnv *env, jclass, jint status) {
  return env->NewStringUTF(carousel_status_text(status));
}

jlong Java_io_carousel_device_cuda_NativeCalls_address(JNIEnv *env, jclass, jobject direct) {
  return reinterpret_cast<jlong>(env->GetDirectBufferAddress(direct));
}
