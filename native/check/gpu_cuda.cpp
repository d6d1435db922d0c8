#ifndef CAROUSEL_EMULATION

#include <cuda_runtime_api.h>

#include "gpu.h"

namespace check {

namespace {
cudaStream_t the_stream;

void require_success(const char *what, cudaError_t error) { require_ok(what, static_cast<carousel_status>(error)); }
}  // namespace

const char *open_gpu(int run) {
  require_ok("carousel_set_device", carousel_set_device(0));
  require_success("cudaStreamCreate", cudaStreamCreateWithFlags(&the_stream, cudaStreamNonBlocking));
  return run == 0 ? "GPU" : "GPU once more";
}

void close_gpu() { require_success("cudaStreamDestroy", cudaStreamDestroy(the_stream)); }

bool is_emulated() { return false; }

bool has_multiprocessors(int count) {
  int there = 0;
  require_success("cudaDeviceGetAttribute", cudaDeviceGetAttribute(&there, cudaDevAttrMultiProcessorCount, 0));
  return there >= count;
}

carousel_stream stream() { return the_stream; }

void synchronize() { require_success("a kernel", cudaStreamSynchronize(the_stream)); }

void *allocate(size_t bytes) {
  void *memory = nullptr;
  require_success("cudaMalloc", cudaMalloc(&memory, bytes));
  return memory;
}

void release(void *memory) { require_success("cudaFree", cudaFree(memory)); }

void upload(void *to, const void *from, size_t bytes) {
  // on the kernels' stream: a copy from ordinary memory may still travel when another stream's kernel starts
  require_success("upload", cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, the_stream));
  synchronize();
}

void download(void *to, const void *from, size_t bytes) {
  synchronize();
  require_success("download", cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost));
}

void *allocate_sparse(size_t bytes) { return allocate(bytes); }

void release_sparse(void *memory, size_t) { release(memory); }

}  // namespace check

#endif
