/* The few functions of cuBLAS that a training step needs, from whatever libcublas is there. */
#ifndef CAROUSEL_CHECK_CUBLAS_H
#define CAROUSEL_CHECK_CUBLAS_H

#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <library_types.h>

#include <cstdio>
#include <cstdlib>

namespace check {

class Cublas {
 public:
  /* A handle on a stream, with a workspace of its own, as cuBLAS wants it for captures; exits when there is none. */
  explicit Cublas(cudaStream_t stream) {
    library = dlopen("libcublas.so.13", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      library = dlopen("libcublas.so.12", RTLD_NOW | RTLD_LOCAL);
    }
    if (library == nullptr) {
      fprintf(stderr, "host_time: %s\n", dlerror());
      exit(1);
    }
    constexpr size_t workspace_bytes = size_t{32} << 20;
    require(cudaMalloc(&workspace, workspace_bytes));
    require(function<int(void **)>("cublasCreate_v2")(&handle));
    require(function<int(void *, cudaStream_t)>("cublasSetStream_v2")(handle, stream));
    require(function<int(void *, void *, size_t)>("cublasSetWorkspace_v2")(handle, workspace, workspace_bytes));
    gemm_ex = function<GemmEx>("cublasGemmEx");
  }

  ~Cublas() {
    require(function<int(void *)>("cublasDestroy_v2")(handle));
    require(cudaFree(workspace));
  }
  Cublas(const Cublas &) = delete;
  Cublas &operator=(const Cublas &) = delete;

  /*
   * Row-major c [m, n] <- a [m, k] * op(b) + beta * c without gaps between rows; a and b of `type`, c of `c_type`;
   * sums in float, without TF32.
   */
  void product(bool transpose_b, int m, int n, int k, const void *a, const void *b, cudaDataType_t type, float beta,
               void *c, cudaDataType_t c_type) {
    constexpr int none = 0, transposed = 1, compute_float = 68, any_algorithm = -1;
    const float alpha = 1;
    /* cuBLAS is column-major: it computes the transposed product */
    require(gemm_ex(handle, transpose_b ? transposed : none, none, n, m, k, &alpha, b, type, transpose_b ? k : n, a,
                    type, k, &beta, c, c_type, n, compute_float, any_algorithm));
  }

 private:
  using GemmEx = int(void *, int, int, int, int, int, const void *, const void *, cudaDataType_t, int, const void *,
                     cudaDataType_t, int, const void *, void *, cudaDataType_t, int, int, int);

  template <class Signature>
  Signature *function(const char *name) {
    void *address = dlsym(library, name);
    if (address == nullptr) {
      fprintf(stderr, "host_time: %s\n", dlerror());
      exit(1);
    }
    return reinterpret_cast<Signature *>(address);
  }

  static void require(int status) {
    if (status != 0) {
      fprintf(stderr, "host_time: cuBLAS or its memory failed with status %d\n", status);
      exit(1);
    }
  }

  void *library = nullptr;
  void *handle = nullptr;
  void *workspace = nullptr;
  GemmEx *gemm_ex = nullptr;
};

}  // namespace check

#endif
