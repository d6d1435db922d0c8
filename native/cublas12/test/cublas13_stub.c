/* A libcublas.so.13 of seven functions that write their arguments to cublas13_stub.log, for CublasStandInTest. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static void note(const char *format, ...) {
  FILE *log = fopen("cublas13_stub.log", "a");
  if (!log) return;
  va_list values;
  va_start(values, format);
  vfprintf(log, format, values);
  va_end(values);
  fclose(log);
}

int cublasCreate_v2(void **handle) {
  *handle = (void *)0x1234abcd5678;
  note("create\n");
  return 0;
}

int cublasDestroy_v2(void *handle) {
  note("destroy %p\n", handle);
  return 0;
}

int cublasGetVersion_v2(void *handle, int *version) {
  *version = 130100;
  note("version %p\n", handle);
  return 0;
}

int cublasSetStream_v2(void *handle, void *stream) {
  note("stream %p %p\n", handle, stream);
  return 0;
}

int cublasSetWorkspace_v2(void *handle, void *workspace, size_t bytes) {
  note("workspace %p %p %zu\n", handle, workspace, bytes);
  return 0;
}

int cublasGemmEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a,
                 int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc,
                 int compute, int algorithm) {
  note("gemm %p %d %d %d %d %d %g %p %d %d %p %d %d %g %p %d %d %d %d\n", handle, op_a, op_b, m, n, k,
       *(const float *)alpha, a, type_a, lda, b, type_b, ldb, *(const float *)beta, c, type_c, ldc, compute, algorithm);
  return 0;
}

int cublasGemmStridedBatchedEx(void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a,
                               int type_a, int lda, int64_t stride_a, const void *b, int type_b, int ldb,
                               int64_t stride_b, const void *beta, void *c, int type_c, int ldc, int64_t stride_c,
                               int count, int compute, int algorithm) {
  note("batched %p %d %d %d %d %d %g %p %d %d %lld %p %d %d %lld %g %p %d %d %lld %d %d %d\n", handle, op_a, op_b, m,
       n, k, *(const float *)alpha, a, type_a, lda, (long long)stride_a, b, type_b, ldb, (long long)stride_b,
       *(const float *)beta, c, type_c, ldc, (long long)stride_c, count, compute, algorithm);
  return 0;
}
