/*
 * The CPU's recurrent kernels: one layer and direction of an RNN, LSTM or GRU, forward and back through time, in float32.
 * C ABI, no JNI. Nothing here starts threads: the caller cuts the work and calls from its own.
 *
 * A batch is packed (see PackedSequence of PyTorch): rows of step t lie at [offset_t, offset_t + n_t), longest sequence first,
 * so that sorted row i is row i of every step that it has. A direction runs through "places" s = 0 … T-1 of its own order:
 * place s is step t = s forward and t = T-1-s in reverse.
 *
 * Vectors have V floats (carousel_cpu_vector_length). Weights and gates lie in panels of 4 V columns, so that one tile of
 * registers holds all gates of its units:
 *   LSTM  V units, gates i f g o;   GRU  V units, values n r z m (m is U h + b of the candidate);   RNN  4 V units.
 *
 * Every output element is one sum in one order: bias, then the inputs, then the states. So the bits of a row depend on
 * neither its neighbours nor N, T, how the work is cut or how many threads there are; those of weight gradients depend on the
 * batch only.
 *
 * Work that is cut:
 *   by rows     disjoint ranges [row, row_end) of sorted rows, each by one thread through all places, without waiting;
 *   by columns  disjoint ranges of panels, all threads place by place, each place after the one before.
 */
#ifndef CAROUSEL_CPU_H
#define CAROUSEL_CPU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rises with every change of this file or of cpu_product.h; Java refuses a library of another number. */
#define CAROUSEL_CPU_ABI 2

#define CAROUSEL_CPU_RNN 0
#define CAROUSEL_CPU_LSTM 1
#define CAROUSEL_CPU_GRU 2

/*
 * A run: one layer and direction of one pass. 64-bit words only, in the order of Java's RunDescriptor. Strides are in floats.
 * Pointers that may be NULL say so. Nothing may overlap but where it is said. Scratch may hold anything before.
 */
typedef struct {
  /* what runs */
  int64_t vector;     /* V: 8 or 16, at most carousel_cpu_vector_length() */
  int64_t cell;       /* CAROUSEL_CPU_… */
  int64_t activation; /* of an RNN: carousel_activation; else ignored */
  int64_t inputs;     /* I */
  int64_t units;      /* H */
  int64_t reverse;    /* 1: from the last step to the first */
  int64_t training;   /* 1: gates and states are kept for backward */
  /* the batch */
  int64_t steps;            /* T */
  int64_t batch;            /* N, sequences of length 0 included */
  int64_t rows;             /* Σ n_t */
  const int32_t *step_rows; /* [T] n_t */
  const int32_t *step_offset; /* [T] first packed row of each step */
  const int32_t *order;     /* [N] the caller's row of each sorted row; NULL when they are the same */
  /* weights, as carousel_cpu_pack made them */
  float *weights; /* carousel_cpu_size(CAROUSEL_CPU_WEIGHTS), 64-byte aligned */
  /* forward */
  const float *x;   /* [Σ n_t, I] */
  int64_t x_stride;
  const float *h0;  /* [N, H] in the caller's order; NULL for zeros; may be hn */
  int64_t h0_stride;
  const float *c0;  /* [N, H] likewise, of an LSTM; may be cn */
  int64_t c0_stride;
  float *output;    /* [Σ n_t, H]; overwritten */
  int64_t output_stride;
  float *hn;        /* [N, H] in the caller's order; overwritten */
  int64_t hn_stride;
  float *cn;        /* [N, H] of an LSTM; overwritten */
  int64_t cn_stride;
  float *gates;     /* carousel_cpu_size(CAROUSEL_CPU_GATES): training: kept, then gradients; inference: scratch */
  float *states;    /* carousel_cpu_size(CAROUSEL_CPU_STATES): h (and c) before each step; inference: scratch */
  /* backward */
  const float *d_output; /* [Σ n_t, H]; NULL for zeros */
  int64_t d_output_stride;
  const float *d_hn; /* [N, H]; NULL for zeros */
  int64_t d_hn_stride;
  const float *d_cn; /* [N, H]; NULL for zeros */
  int64_t d_cn_stride;
  float *d_h0;       /* [N, H]; overwritten; NULL where not wanted */
  int64_t d_h0_stride;
  float *d_c0;       /* [N, H]; overwritten; NULL where not wanted */
  int64_t d_c0_stride;
  float *carry;      /* carousel_cpu_size(CAROUSEL_CPU_CARRY): scratch of backward */
  float *d_x;        /* [Σ n_t, I] */
  int64_t d_x_stride;
  int64_t d_x_adds;  /* 1: d_x accumulates, 0: it is overwritten */
  int64_t d_x_by_rows; /* 1: backward, cut by rows, makes d_x on its way; 0: input_gradient does it afterwards */
  /* weight gradients; accumulated; PyTorch's layout: gates i f g o, or r z n */
  float *d_weight_ih; /* [G·H, I] */
  int64_t d_weight_ih_stride;
  float *d_weight_hh; /* [G·H, H] */
  int64_t d_weight_hh_stride;
  float *d_bias_ih; /* [G·H]; NULL without biases */
  float *d_bias_hh; /* [G·H]; NULL without biases */
  float *sums;      /* carousel_cpu_size(CAROUSEL_CPU_SUMS): scratch of the weight gradients */
  /* what a trace wants to see; NULL without one */
  float *trace_gates; /* [n_t, G·H] activations of the place that ran last, PyTorch's order, no gaps */
  float *trace_cell;  /* [n_t, H] c after that place, of an LSTM */
  float *trace_dh;    /* [n_t, H] total gradient of h_t, written by backward */
} carousel_cpu_run;

/* The number of this ABI, and of 64-bit words in carousel_cpu_run. */
int32_t carousel_cpu_abi(void);
int32_t carousel_cpu_run_words(void);

/* V of this processor: 16 with AVX-512 (F, DQ, BW, VL), 8 with AVX2 and FMA, 0 when these kernels cannot run on it. */
int32_t carousel_cpu_vector_length(void);

/* Sizes, in floats; they depend on vector, cell, inputs, units, training, steps, batch and rows of the run. */
#define CAROUSEL_CPU_WEIGHTS 0
#define CAROUSEL_CPU_GATES 1
#define CAROUSEL_CPU_STATES 2
#define CAROUSEL_CPU_CARRY 3
#define CAROUSEL_CPU_SUMS 4
/* Counts of what can be cut by columns: panels of the forward pass and of backward, tiles of the weight gradients. */
#define CAROUSEL_CPU_FORWARD_PANELS 5
#define CAROUSEL_CPU_BACKWARD_PANELS 6
#define CAROUSEL_CPU_GRADIENT_TILES 7
int64_t carousel_cpu_size(const carousel_cpu_run *run, int32_t what);

/*
 * Packs weights in PyTorch's layout into run->weights, for forward and, when training, for backward: what belongs to the
 * forward panels [panel, panel_end). w_ih [G·H, I] and w_hh [G·H, H] with their strides; b_ih, b_hh [G·H] or NULL.
 * Weights packed for training serve a run of inference too.
 */
void carousel_cpu_pack(const carousel_cpu_run *run, const float *w_ih, int64_t w_ih_stride, const float *w_hh,
                       int64_t w_hh_stride, const float *b_ih, const float *b_hh, int64_t panel, int64_t panel_end);

/* Before forward: puts initial states where sorted rows [row, row_end) start; rows of length 0 get their final states. */
void carousel_cpu_start(const carousel_cpu_run *run, int64_t row, int64_t row_end);

/* Runs places [place, place_end) of sorted rows [row, row_end) and panels [panel, panel_end). */
void carousel_cpu_forward(const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end,
                          int64_t panel, int64_t panel_end);

/* Writes trace_gates and trace_cell of a place that has just run (training only). */
void carousel_cpu_trace(const carousel_cpu_run *run, int64_t place);

/* Before backward: gradients of the final cell states of sorted rows [row, row_end). */
void carousel_cpu_backward_start(const carousel_cpu_run *run, int64_t row, int64_t row_end);

/* Runs places [place, place_end) backward, the last one first; gates become gradients before activation. */
void carousel_cpu_backward(const carousel_cpu_run *run, int64_t place, int64_t place_end, int64_t row, int64_t row_end,
                           int64_t panel, int64_t panel_end);

/* After backward: d_h0 and d_c0 of sorted rows [row, row_end). */
void carousel_cpu_backward_end(const carousel_cpu_run *run, int64_t row, int64_t row_end);

/* After backward, unless d_x_by_rows: d_x of the packed rows [row, row_end). */
void carousel_cpu_input_gradient(const carousel_cpu_run *run, int64_t row, int64_t row_end);

/* After backward, also beside input gradients: weight gradients of tiles [tile, tile_end), of which each is a sum over all rows. */
void carousel_cpu_weight_gradients(const carousel_cpu_run *run, int64_t tile, int64_t tile_end);

#ifdef __cplusplus
}
#endif
#endif
