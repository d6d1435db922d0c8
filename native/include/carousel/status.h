/*
 * What all headers of Carousel's kernel library share. C ABI, no JNI: anything that can call C can use it.
 *
 * Conventions of every function:
 *  - work is enqueued on `stream` and the call returns; nothing is read or written by the host;
 *  - matrices are row-major views: element (r, c) of a view lies at data + r * stride + c (in elements); a view
 *    whose data is NULL means "not given" where a function says that this is allowed;
 *  - real numbers are float; `operand` says how gates, saved states and other factors of products are stored;
 *  - pointers are to device memory unless said otherwise. Memory belongs to the caller and must stay valid until the
 *    enqueued work has ended; views must not overlap unless a function allows it; nothing is kept after the call, there
 *    is no global state, and threads may call at the same time on different streams;
 *  - arguments are checked before anything is enqueued: CAROUSEL_INVALID_ARGUMENT. What is in device memory (labels,
 *    row numbers) is not;
 *  - sizes of 0 are legal, operands do not matter then; indices are 64-bit;
 *  - same arguments, same bits: no atomics, sums in an order that depends on the shape only.
 */
#ifndef CAROUSEL_STATUS_H
#define CAROUSEL_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rises with every change of this ABI; Java refuses a library of another number. */
#define CAROUSEL_ABI 7

/* 0: enqueued. Positive: a cudaError_t, possibly of earlier work. Negative: one of the constants below. */
typedef int32_t carousel_status;
#define CAROUSEL_OK 0
#define CAROUSEL_INVALID_ARGUMENT (-1)
#define CAROUSEL_UNSUPPORTED (-2)

/* A cudaStream_t (or, in the emulation, one of its streams). */
typedef void *carousel_stream;

/* How an element is stored. */
typedef int32_t carousel_type;
#define CAROUSEL_F32 0
#define CAROUSEL_BF16 1
#define CAROUSEL_F16 2
#define CAROUSEL_I32 3

/* Formulas of element-wise functions, in the order of io.carousel.device.Activation.Kind, which writes them down. */
typedef int32_t carousel_activation_kind;
#define CAROUSEL_IDENTITY 0
#define CAROUSEL_SIGMOID 1
#define CAROUSEL_TANH 2
#define CAROUSEL_RELU 3
#define CAROUSEL_AFFINE 4
#define CAROUSEL_LEAKY_RELU 5
#define CAROUSEL_THRESHOLDED_RELU 6
#define CAROUSEL_SCALED_TANH 7
#define CAROUSEL_HARD_SIGMOID 8
#define CAROUSEL_ELU 9
#define CAROUSEL_SOFTSIGN 10
#define CAROUSEL_SOFTPLUS 11

/*
 * An element-wise function; the derivative follows from the value. With a clip the function sees x bounded to
 * [-clip, clip], and its derivative is 0 where the value is that at a bound (after rounding to the type in which the
 * value was stored).
 */
typedef struct {
  carousel_activation_kind kind;
  float alpha; /* numbers of the formula, finite; ignored where it has none */
  float beta;
  float clip; /* 0 for none; a negative one is refused */
} carousel_activation;

/* A row-major view; stride in elements. */
typedef struct {
  void *data;
  int64_t stride;
} carousel_view;

/*
 * Scratch memory that reductions ask for: CAROUSEL_SCRATCH_BYTES, 256-byte aligned, of the caller, one per stream;
 * overwritten. Work on another stream needs scratch of its own.
 */
#define CAROUSEL_SCRATCH_BYTES ((size_t)4 << 20)

/* The number of this ABI. */
int32_t carousel_abi(void);

/* Makes a GPU the calling thread's current one, for all functions of this library. */
carousel_status carousel_set_device(int32_t ordinal);

/* The toolkit that compiled the kernels, as CUDART_VERSION: 13000 is CUDA 13.0; 0 in the emulation. */
int32_t carousel_toolkit(void);

/* The name of a status, such as "cudaErrorInvalidValue"; a static string. */
const char *carousel_status_name(carousel_status status);

/* What a status means, such as "invalid argument"; a static string. */
const char *carousel_status_text(carousel_status status);

#ifdef __cplusplus
}
#endif
#endif
