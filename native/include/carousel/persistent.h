/*
 * All time steps of one layer and direction in one launch. The recurrent weights stay in registers; the batch is cut
 * into groups of rows, each with a copy of the weights spread over the blocks of the group, which hand each other their
 * part of the state after every step: through memory, or where a group is a cluster through shared memory. What is
 * computed is what carousel_lstm_, gru_ and rnn_forward and _backward compute with the products between them; the
 * standard cells only. Forward both ways give the same bits; backward each has its own order of sums.
 *
 * In all functions:
 *   stream    where the work is enqueued
 *   operand   how gates, weights and saved states are stored and multiplied: CAROUSEL_F32, _BF16, _F16, or
 *             CAROUSEL_TF32, stored as float and rounded to TF32 in products. Sums, cell states and the state of a GRU
 *             are float
 *   packing   where the rows of each time step lie
 *   units     H
 *   layout    from carousel_persistent_layout, for this cell, operand, units and batch
 *   weight    [G*units, units] operand, W_hh, read
 *   workspace layout.workspace_bytes, 256-byte aligned, overwritten; its contents do not matter
 * The three _replay functions multiply nothing and take neither layout nor weight nor workspace.
 * Matrices of packed rows have packing.offsets[packing.steps] rows; matrices of states have packing.batch rows, sorted
 * by length, longest first. They fail with CAROUSEL_INVALID_ARGUMENT on an operand, a size or a layout that does not
 * fit the others, and with the status of the launch where the GPU has no room for the layout. A launch without clusters
 * needs all of its blocks on the GPU at the same time: other work delays it.
 */
#ifndef CAROUSEL_PERSISTENT_H
#define CAROUSEL_PERSISTENT_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Beside the types of status.h, as an operand of these functions only. */
#define CAROUSEL_TF32 4

/* A packed batch, time-major. */
typedef struct {
  int32_t steps;   /* T */
  int32_t batch;   /* N */
  int32_t reverse; /* not 0: forward runs from step T-1 to step 0, backward the other way */
  const int32_t *offsets; /* [T+1], device memory: the first packed row of each step, and the number of all rows */
} carousel_packing;

typedef int32_t carousel_cell;
#define CAROUSEL_RNN 0
#define CAROUSEL_LSTM 1
#define CAROUSEL_GRU 2 /* reset after */

/* How a pass is cut. One launch has groups * blocks blocks. */
typedef struct {
  int32_t block_units; /* units of a block */
  int32_t blocks;      /* blocks of a group */
  int32_t groups;
  int32_t group_rows;  /* rows of a group, a multiple of 8 */
  int32_t chunk_rows;  /* rows that a block holds in shared memory at a time, a multiple of 8 */
  int32_t splits;      /* parts that the terms of a sum are cut into, each of another warp */
  int32_t depth;       /* tiles of terms that a warp keeps in registers */
  int32_t shared_bytes;
  int32_t clusters;    /* not 0: a group is a cluster, whose blocks write into each other's shared memory */
  int32_t multiprocessors; /* that it may take */
  int64_t workspace_bytes;
} carousel_persistent_layout;

/*
 * How a pass would be cut on the current GPU. Blocks, does not enqueue. CAROUSEL_UNSUPPORTED: the GPU has no tensor
 * cores for the operand, or its multiprocessors do not hold the weights.
 *
 *   inputs    I for an _infer function, else 0
 *   backward  not 0: for the backward pass
 *   multiprocessors  how many of the GPU's the launch may take, so that others can run beside; 0 for all
 *   clusters         not 0: in clusters where the GPU has them and the weights fit into one
 */
carousel_status carousel_persistent_layout_of(carousel_cell cell, carousel_type operand, int32_t units, int32_t inputs,
                                              int32_t batch, int32_t backward, int32_t multiprocessors,
                                              int32_t clusters, carousel_persistent_layout *layout);

/*
 * LSTM, forward over all steps; see carousel_lstm_forward.
 *
 *   gates   [rows, 4*units] operand, blocks i, f, g, o. In: x*W_ih'. Out: activations, which backward needs
 *   bias    [4*units] float, contiguous, read; NULL for none
 *   h       [batch, units] operand. In: h0. Out: hN
 *   c       [batch, units] float. In: c0. Out: cN
 *   c_prev  [rows, units] float, receives the cell states before each step; may be not given
 *   h_prev  [rows, units] operand, receives the states before each step; may be not given
 *   output  [rows, units] float, overwritten
 *   cell    [rows, units] float, receives the cell states after each step; may be not given
 */
carousel_status carousel_lstm_persistent_forward(carousel_stream stream, carousel_type operand,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view gates, const float *bias, carousel_view h,
                                                 carousel_view c, carousel_view c_prev, carousel_view h_prev,
                                                 carousel_view output, carousel_view cell, void *workspace);

/*
 * LSTM, forward over all steps for inference: W_ih stays in registers too, gates are not kept. Each sum is made in an
 * order that depends on units, inputs and the GPU only: the bits of a sequence depend on neither its neighbours nor on
 * how many steps a call has.
 *
 *   inputs     I, from 1
 *   layout     with these inputs
 *   weight_ih  [4*units, inputs] operand, W_ih, read
 *   weight_hh  [4*units, units] operand, W_hh, read
 *   x          [rows, inputs] operand, read
 *   bias, h, c, output  as forward
 */
carousel_status carousel_lstm_persistent_infer(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                               int32_t units, int32_t inputs, carousel_persistent_layout layout,
                                               carousel_view weight_ih, carousel_view weight_hh, carousel_view x,
                                               const float *bias, carousel_view h, carousel_view c,
                                               carousel_view output, void *workspace);

/*
 * LSTM: again what forward wrote to gates and c_prev, from products that hold the states before each step.
 *
 *   products  [rows, 4*units] float, read: h_prev*W_hh'
 *   gates     [rows, 4*units] operand. In: x*W_ih'. Out: activations
 *   bias      as forward
 *   c         [batch, units] float. In: cell states before these steps. Out: after them
 *   c_prev    [rows, units] float, receives the cell states before each step
 */
carousel_status carousel_lstm_replay(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                     int32_t units, carousel_view products, carousel_view gates, const float *bias,
                                     carousel_view c, carousel_view c_prev);

/*
 * LSTM, backward over all steps; see carousel_lstm_backward.
 *
 *   gates     [rows, 4*units] operand. In: activations. Out: gradients before activation
 *   c_prev    [rows, units] float, saved by forward, read
 *   d_output  [rows, units] float, read; may be not given
 *   dh        [batch, units] float. In: gradient of hN. Out: of h0
 *   dc        [batch, units] float. In: gradient of cN. Out: of c0
 *   dh_all    [rows, units] float, receives the whole gradient of each h; may be not given
 */
carousel_status carousel_lstm_persistent_backward(carousel_stream stream, carousel_type operand,
                                                  carousel_packing packing, int32_t units,
                                                  carousel_persistent_layout layout, carousel_view weight,
                                                  carousel_view gates, carousel_view c_prev, carousel_view d_output,
                                                  carousel_view dh, carousel_view dc, carousel_view dh_all,
                                                  void *workspace);

/*
 * GRU, reset after, forward over all steps; see carousel_gru_forward.
 *
 *   x_gates  [rows, 3*units] operand, blocks r, z, n. In: x*W_ih'. Out: r, z, n, which backward needs
 *   h_gates  [rows, 3*units] operand. Out: h*W_hn' + b_hn in its n block, which backward needs; the rest stays
 *   bias     [4*units] float, contiguous: b_ir + b_hr, b_iz + b_hz, b_in, b_hn; NULL for none
 *   h        [batch, units] float. In: h0. Out: hN
 *   h_prev   [rows, units] operand, receives the states before each step; may be not given
 *   output   [rows, units] float, overwritten
 */
carousel_status carousel_gru_persistent_forward(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                                int32_t units, carousel_persistent_layout layout, carousel_view weight,
                                                carousel_view x_gates, carousel_view h_gates, const float *bias,
                                                carousel_view h, carousel_view h_prev, carousel_view output,
                                                void *workspace);

/*
 * GRU, reset after, forward over all steps for inference; see carousel_lstm_persistent_infer.
 *
 *   weight_ih  [3*units, inputs] operand, read
 *   weight_hh  [3*units, units] operand, read
 *   bias, h, output  as forward
 */
carousel_status carousel_gru_persistent_infer(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                              int32_t units, int32_t inputs, carousel_persistent_layout layout,
                                              carousel_view weight_ih, carousel_view weight_hh, carousel_view x,
                                              const float *bias, carousel_view h, carousel_view output,
                                              void *workspace);

/*
 * GRU, reset after: again what forward wrote to x_gates and h_gates, from products that hold the states before each
 * step.
 *
 *   products  [rows, 3*units] float, read: h_prev*W_hh'
 *   x_gates   [rows, 3*units] operand. In: x*W_ih'. Out: r, z, n
 *   h_gates   [rows, 3*units] operand. Out: h*W_hn' + b_hn in its n block; the rest stays
 *   bias      as forward
 */
carousel_status carousel_gru_replay(carousel_stream stream, carousel_type operand, carousel_packing packing,
                                    int32_t units, carousel_view products, carousel_view x_gates,
                                    carousel_view h_gates, const float *bias);

/*
 * GRU, reset after, backward over all steps; see carousel_gru_backward.
 *
 *   x_gates   [rows, 3*units] operand. In: r, z, n. Out: the gradient of x*W_ih'
 *   h_gates   [rows, 3*units] operand. In: its n block of forward. Out: the gradient of h*W_hh'
 *   h_prev    [rows, units] operand, saved by forward, read
 *   d_output  [rows, units] float, read; may be not given
 *   dh        [batch, units] float. In: gradient of hN. Out: of h0
 *   dh_all    [rows, units] float, receives the whole gradient of each h; may be not given
 */
carousel_status carousel_gru_persistent_backward(carousel_stream stream, carousel_type operand,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view x_gates, carousel_view h_gates, carousel_view h_prev,
                                                 carousel_view d_output, carousel_view dh, carousel_view dh_all,
                                                 void *workspace);

/*
 * Elman's cell, forward over all steps; see carousel_rnn_forward.
 *
 *   f       of the state: CAROUSEL_TANH or CAROUSEL_RELU, without a clip
 *   gates   [rows, units] operand. In: x*W_ih'. Out: the states, which backward needs
 *   bias    [units] float, read; NULL for none
 *   h       [batch, units] operand. In: h0. Out: hN
 *   h_prev  [rows, units] operand, receives the states before each step; may be not given
 *   output  [rows, units] float, overwritten
 */
carousel_status carousel_rnn_persistent_forward(carousel_stream stream, carousel_type operand, carousel_activation f,
                                                carousel_packing packing, int32_t units,
                                                carousel_persistent_layout layout, carousel_view weight,
                                                carousel_view gates, const float *bias, carousel_view h,
                                                carousel_view h_prev, carousel_view output, void *workspace);

/*
 * Elman's cell, forward over all steps for inference; see carousel_lstm_persistent_infer.
 *
 *   weight_ih  [units, inputs] operand, read
 *   weight_hh  [units, units] operand, read
 *   f, bias, h, output  as forward
 */
carousel_status carousel_rnn_persistent_infer(carousel_stream stream, carousel_type operand, carousel_activation f,
                                              carousel_packing packing, int32_t units, int32_t inputs,
                                              carousel_persistent_layout layout, carousel_view weight_ih,
                                              carousel_view weight_hh, carousel_view x, const float *bias,
                                              carousel_view h, carousel_view output, void *workspace);

/*
 * Elman's cell: again what forward wrote to gates, from products that hold the states before each step.
 *
 *   products  [rows, units] float, read: h_prev*W_hh'
 *   gates     [rows, units] operand. In: x*W_ih'. Out: the states
 *   f, bias   as forward
 */
carousel_status carousel_rnn_replay(carousel_stream stream, carousel_type operand, carousel_activation f,
                                    carousel_packing packing, int32_t units, carousel_view products,
                                    carousel_view gates, const float *bias);

/*
 * Elman's cell, backward over all steps; see carousel_rnn_backward.
 *
 *   gates     [rows, units] operand. In: the states. Out: gradients before activation
 *   d_output  [rows, units] float, read; may be not given
 *   dh        [batch, units] float. In: gradient of hN. Out: of h0
 *   dh_all    [rows, units] float, receives the whole gradient of each h; may be not given
 */
carousel_status carousel_rnn_persistent_backward(carousel_stream stream, carousel_type operand, carousel_activation f,
                                                 carousel_packing packing, int32_t units,
                                                 carousel_persistent_layout layout, carousel_view weight,
                                                 carousel_view gates, carousel_view d_output, carousel_view dh,
                                                 carousel_view dh_all, void *workspace);

#ifdef __cplusplus
}
#endif
#endif
