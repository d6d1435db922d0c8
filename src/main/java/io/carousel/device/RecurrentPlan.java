package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one recurrent stack for batches up to a capacity, and owns the workspace that this takes.
 * Inputs, outputs and their gradients are packed (see {@link PackedShape}); states and their
 * gradients are [L·D·N, R] (c: [L·D·N, H]) with row (k·D + d)·N + n for layer k, direction d and
 * the caller's row n. A plan is used by one queue at a time.
 */
public interface RecurrentPlan extends AutoCloseable {
  /** The stack. */
  RecurrentSpec spec();

  /** The largest batch. */
  PlanCapacity capacity();

  /** What runs, such as {@code stepwise} or {@code fused-…}. */
  String kernel();

  /** Why the device's own faster plan does not run, or null when it does. */
  @Nullable String whyNotFused();

  /**
   * How the latest training pass was enqueued: {@code recorded} as a whole (a CUDA graph), or one
   * operation after the other and why; behind a semicolon, what a plan's own launches are.
   */
  default String launch() {
    return "one operation after the other";
  }

  /**
   * Whether the bits of a sequence's inference depend neither on its neighbours nor on N, T and
   * chunking.
   *
   * @param products of the queue that it runs on; with {@link Products#ROW_INVARIANT} the answer is
   *     true
   */
  default boolean rowInvariant(Products products) {
    return products == Products.ROW_INVARIANT;
  }

  /**
   * Runs forward and keeps what backward needs.
   *
   * @param queue where the work goes
   * @param weights of each layer and direction, index k·D + d; read now and again by backward, as
   *     input is, so that both must stay unchanged until then
   * @param shape of the batch, within the capacity
   * @param input [Σ n_t, I]
   * @param h0 [L·D·N, R], null for zeros; read
   * @param c0 [L·D·N, H], null for zeros; only an LSTM has it; read
   * @param draw number of this pass for dropout; the same number gives the same masks
   * @param dropoutKey from {@link Philox#key}
   * @param trace told of gates and states, null for none
   * @return the pass, open until {@link Pass#backward} or {@link Pass#close}; several may be open
   */
  Pass forwardTraining(
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      long dropoutKey,
      @Nullable Trace trace);

  /**
   * Runs forward without dropout and keeps nothing.
   *
   * @param queue where the work goes
   * @param weights of each layer and direction
   * @param shape of the batch, within the capacity
   * @param input [Σ n_t, I]; read
   * @param h0 [L·D·N, R], null for zeros; read; may be hN
   * @param c0 [L·D·N, H], null for zeros; read; may be cN
   * @param output [Σ n_t, D·R]; overwritten
   * @param hN [L·D·N, R]; overwritten
   * @param cN [L·D·N, H] for an LSTM, else null; overwritten
   */
  void infer(
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN);

  /** Whether training passes are open. */
  boolean isBusy();

  /**
   * Frees the workspace.
   *
   * @throws IllegalStateException when passes are still open
   */
  @Override
  void close();

  /** A forward pass in training whose gradients were not taken yet. Backward consumes it. */
  interface Pass extends AutoCloseable {
    /** [Σ n_t, D·R], packed; valid until the pass is consumed. */
    Matrix output();

    /** [L·D·N, R] in the caller's row order; valid until the pass is consumed. */
    Matrix hN();

    /** [L·D·N, H] for an LSTM, else null. */
    @Nullable Matrix cN();

    /**
     * Back-propagates through time and ends the pass.
     *
     * @param dOutput [Σ n_t, D·R], null for zeros; read
     * @param dHn [L·D·N, R], null for zeros; read
     * @param dCn [L·D·N, H], null for zeros; read
     * @param gradients of the weights; accumulated
     * @param dInput [Σ n_t, I], null where not wanted; overwritten
     * @param dH0 [L·D·N, R], null where not wanted; overwritten
     * @param dC0 [L·D·N, H], null where not wanted; overwritten
     * @throws IllegalStateException when the pass was consumed before
     */
    void backward(
        @Nullable Matrix dOutput,
        @Nullable Matrix dHn,
        @Nullable Matrix dCn,
        List<LayerWeights> gradients,
        @Nullable Matrix dInput,
        @Nullable Matrix dH0,
        @Nullable Matrix dC0);

    /** Ends the pass without backward; does nothing when it was consumed. */
    @Override
    void close();
  }

  /**
   * Sees what happens inside a pass, for gradient-flow analysis; views are valid during the call
   * only.
   */
  interface Trace {
    /**
     * After a forward step.
     *
     * @param run k·D + d
     * @param t time step
     * @param gates [n_t, G·H] activations
     * @param cell [n_t, H] cell state of an LSTM, else null
     */
    default void forward(int run, int t, Matrix gates, @Nullable Matrix cell) {}

    /**
     * Before a backward step.
     *
     * @param run k·D + d
     * @param t time step
     * @param dh [n_t, R] total gradient of the loss with respect to h_t
     */
    default void backward(int run, int t, Matrix dh) {}
  }
}
