/* Memory and a stream of a GPU, or of the emulated one: all that the checks need besides the kernel library. */
#ifndef CAROUSEL_CHECK_GPU_H
#define CAROUSEL_CHECK_GPU_H

#include <cstddef>
#include <cstdint>

#include "carousel/status.h"

namespace check {

/* How often the checks run, and how each run differs: on a real GPU not at all, its bits must still be the same. */
constexpr int RUNS = 2;
const char *open_gpu(int run);
void close_gpu();

/* True in the emulation, where a large case would take long. */
bool is_emulated();

/*
 * Whether the GPU has so many multiprocessors. The emulated one says so until it is asked for 0: for questions, not
 * work.
 */
bool has_multiprocessors(int count);

carousel_stream stream();
void synchronize();

/* Exactly so many bytes, so that memory checkers see their end. All failures here end the program. */
void *allocate(size_t bytes);
void release(void *memory);
void upload(void *to, const void *from, size_t bytes);
void download(void *to, const void *from, size_t bytes);

/* Memory of which little is touched; on a real GPU it is there all the same. */
void *allocate_sparse(size_t bytes);
void release_sparse(void *memory, size_t bytes);

/* Ends the program with a message unless the status is 0. */
void require_ok(const char *what, carousel_status status);

}  // namespace check

#endif
