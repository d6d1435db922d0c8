package io.carousel.flow;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One layer, unrolled: each time step of N sequences is a training pass of its own that stays open,
 * so that gradients can be taken back through any of them alone. Used by the thread that holds the
 * queue.
 */
public final class UnrolledSteps implements AutoCloseable {
  private final RecurrentLayer layer;
  private final Queue queue;
  private final PackedShape shape;
  private final MatrixPool pool;
  private final Deque<Step> open = new ArrayDeque<>();
  private final Matrix h0;
  private final @Nullable Matrix c0;

  /** A step that was run forward; its input must stay as it is until backward. */
  private record Step(Matrix input, RecurrentLayer.Pass pass) {}

  /**
   * No step yet.
   *
   * @param layer one layer in one direction without dropout
   * @param queue where the work goes
   * @param start the state before the first step; its rows are the N sequences
   * @throws IllegalArgumentException when the stack has more layers or directions, or dropout, or
   *     the state does not fit
   */
  public UnrolledSteps(RecurrentLayer layer, Queue queue, StateVectors start) {
    RecurrentSpec spec = layer.spec();
    if (spec.runs() != 1 || spec.dropout() > 0) {
      throw new IllegalArgumentException(
          "only one layer in one direction can be unrolled, got %d layers, %d directions"
              .formatted(spec.numLayers(), spec.directions()));
    }
    start.requireFit(spec);
    this.layer = layer;
    this.queue = queue;
    shape = PackedShape.dense(1, start.rows(spec));
    pool = new MatrixPool(queue.device(), "unrolled steps");
    h0 = upload(start.h(), spec.stateSize());
    c0 = start.c() == null ? null : upload(start.c(), spec.hiddenSize());
  }

  private Matrix upload(double[] values, int columns) {
    Matrix matrix = pool.lease(values.length / columns, columns);
    queue.upload(values, 0, matrix);
    return matrix;
  }

  /** Number of open steps. */
  public int count() {
    return open.size();
  }

  /**
   * Runs the next step.
   *
   * @param input [N, I]
   */
  public void forward(double[] input) {
    Matrix x = upload(input, layer.spec().inputSize());
    Step last = open.peekLast();
    Matrix h = last == null ? h0 : last.pass.hN();
    Matrix c = last == null ? c0 : last.pass.cN();
    open.addLast(new Step(x, layer.forward(queue, shape, x, h, c, 0)));
  }

  /** The state after the last open step. Blocks. */
  public StateVectors state() {
    Step last = open.peekLast();
    return download(last == null ? h0 : last.pass.hN(), last == null ? c0 : last.pass.cN());
  }

  private StateVectors download(Matrix h, @Nullable Matrix c) {
    double[] hValues = new double[Math.toIntExact(h.size())];
    queue.download(h, hValues, 0);
    if (c == null) {
      return new StateVectors(hValues, null);
    }
    double[] cValues = new double[Math.toIntExact(c.size())];
    queue.download(c, cValues, 0);
    return new StateVectors(hValues, cValues);
  }

  /**
   * Takes gradients back through the last open step and ends it. What the step contributes to the
   * gradients of the weights is added to them. Blocks.
   *
   * @param dState gradient with respect to the state after the step
   * @return gradient with respect to the state before it
   */
  public StateVectors backward(StateVectors dState) {
    Step step = open.removeLast();
    RecurrentSpec spec = layer.spec();
    dState.requireFit(spec);
    Matrix dHn = upload(dState.h(), spec.stateSize());
    Matrix dCn = dState.c() == null ? null : upload(dState.c(), spec.hiddenSize());
    Matrix dH0 = pool.lease(dHn.rows(), dHn.columns());
    Matrix dC0 = dCn == null ? null : pool.lease(dCn.rows(), dCn.columns());
    step.pass.backward(null, dHn, dCn, null, dH0, dC0);
    StateVectors before = download(dH0, dC0);
    release(step.input, dHn, dH0);
    if (dCn != null && dC0 != null) {
      release(dCn, dC0);
    }
    return before;
  }

  private void release(Matrix... matrices) {
    for (Matrix matrix : matrices) {
      pool.release(matrix);
    }
  }

  /** Ends all steps; the layer is its owner's. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.removeLast().pass.close();
    }
    pool.close();
  }
}
