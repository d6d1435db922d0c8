// io.carousel.device.cuda.GraphCalls
#include "carousel/graph.h"

#include "io_carousel_device_cuda_GraphCalls.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_GraphCalls_begin(JNIEnv *, jclass, jlong stream) {
  return carousel_graph_begin(stream_of(stream));
}

jint Java_io_carousel_device_cuda_GraphCalls_end(JNIEnv *env, jclass, jlong stream, jlongArray graph_and_nodes) {
  carousel_graph graph = nullptr;
  int64_t nodes = 0;
  carousel_status status = carousel_graph_end(stream_of(stream), &graph, &nodes);
  if (status != CAROUSEL_OK) return status;
  const jlong result[2] = {reinterpret_cast<jlong>(graph), nodes};
  env->SetLongArrayRegion(graph_and_nodes, 0, 2, result);
  if (env->ExceptionCheck()) carousel_graph_destroy(graph); // Java throws what is pending
  return CAROUSEL_OK;
}

jint Java_io_carousel_device_cuda_GraphCalls_abandon(JNIEnv *, jclass, jlong stream) {
  return carousel_graph_abandon(stream_of(stream));
}

jint Java_io_carousel_device_cuda_GraphCalls_launch(JNIEnv *, jclass, jlong graph, jlong stream) {
  return carousel_graph_launch(pointer<void>(graph), stream_of(stream));
}

jint Java_io_carousel_device_cuda_GraphCalls_destroy(JNIEnv *, jclass, jlong graph) {
  return carousel_graph_destroy(pointer<void>(graph));
}
