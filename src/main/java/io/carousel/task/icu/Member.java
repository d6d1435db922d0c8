package io.carousel.task.icu;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Draw;
import io.carousel.nn.Dropout;
import io.carousel.nn.Initializer;
import io.carousel.nn.Linear;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Gru;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.List;

/** One GRU of the ensemble: dropout of the features, GRU, dropout of its states, one logit. */
final class Member implements AutoCloseable {
  private final MatrixPool pool;
  private final Dropout inputDropout;
  private final Gru gru;
  private final Dropout outputDropout;
  private final Linear head;
  private final Linear direct;

  Member(MortalityNet.Spec spec, ParameterSet parameters, MatrixPool pool, String path) {
    this.pool = pool;
    long seed = parameters.seed();
    int h = spec.hiddenSize();
    inputDropout =
        new Dropout(pool, path + ".input", seed, spec.inputDropout(), spec.features());
    gru = Gru.builder(spec.features(), h).build(parameters, path + ".gru");
    outputDropout = new Dropout(pool, path + ".output", seed, spec.outputDropout(), h);
    head = new Linear(parameters, pool, path + ".head", h, 1);
    direct =
        new Linear(
            parameters, pool, path + ".direct", spec.features(), 1, Initializer.zeros(), null);
  }

  RecurrentLayer stack() {
    return gru;
  }

  Pass forward(Queue queue, SequenceBatch batch, int draw) {
    return new Pass(queue, batch, draw);
  }

  Matrix infer(Queue queue, SequenceBatch batch) {
    PackedShape shape = requireDense(batch);
    int h = gru.spec().hiddenSize();
    Matrix input = pool.lease(shape.rows(), batch.featureCount());
    Matrix states = pool.lease(shape.rows(), h);
    Matrix last = pool.lease(shape.batchSize(), h);
    Matrix logits = pool.lease(shape.rows(), 1);
    Matrix added = pool.lease(shape.rows(), 1);
    try {
      queue.upload(batch.features(), 0, input);
      gru.infer(queue, shape, input, null, null, states, last, null);
      head.infer(queue, states, logits);
      direct.infer(queue, input, added);
      queue.axpy(1, added, logits);
    } finally {
      pool.release(input);
      pool.release(states);
      pool.release(last);
      pool.release(added);
    }
    return logits;
  }

  /** All stays are of one length, so that packed rows are the padded ones. */
  private static PackedShape requireDense(SequenceBatch batch) {
    PackedShape shape = batch.shape();
    if (shape.rows() != shape.steps() * shape.batchSize()) {
      throw new IllegalArgumentException("stays must have equal numbers of steps, got " + shape);
    }
    return shape;
  }

  @Override
  public void close() {
    gru.close();
  }

  /** An open training pass. */
  final class Pass implements AutoCloseable {
    private final Queue queue;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final io.carousel.nn.Pass input;
    private final RecurrentLayer.Pass states;
    private final io.carousel.nn.Pass dropped;
    private final io.carousel.nn.Pass logits;
    private final io.carousel.nn.Pass added;

    private Pass(Queue queue, SequenceBatch batch, int number) {
      this.queue = queue;
      PackedShape shape = requireDense(batch);
      try {
        Matrix features = lease(shape.rows(), batch.featureCount());
        queue.upload(batch.features(), 0, features);
        Matrix ids = pool.leaseIntegers(2, shape.rows());
        opened.add(() -> pool.release(ids));
        queue.upload(rowsOfAllSteps(shape), 0, ids);
        Draw draw = new Draw(number, ids);
        input = opened(inputDropout.forward(queue, features, draw));
        states = opened(gru.forward(queue, shape, input.output(), null, null, number));
        dropped = opened(outputDropout.forward(queue, states.output(), draw));
        logits = opened(head.forward(queue, dropped.output(), Draw.NONE));
        added = opened(direct.forward(queue, input.output(), Draw.NONE));
        queue.axpy(1, added.output(), logits.output());
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        throw e;
      }
    }

    /** Row and step 0 for every step: one mask per stay (Gal and Ghahramani 2016). */
    private static int[] rowsOfAllSteps(PackedShape shape) {
      int[] ids = new int[2 * shape.rows()];
      for (int r = 0; r < shape.rows(); r++) {
        ids[r] = r % shape.batchSize();
      }
      return ids;
    }

    private Matrix lease(int rows, int columns) {
      Matrix matrix = pool.lease(rows, columns);
      opened.add(() -> pool.release(matrix));
      return matrix;
    }

    private <T extends AutoCloseable> T opened(T part) {
      opened.add(part);
      return part;
    }

    /** [T·N, 1], step by step. */
    Matrix output() {
      return logits.output();
    }

    /** Adds to the gradients of the member's parameters and ends the pass. */
    void backward(Matrix dOutput) {
      int h = gru.spec().hiddenSize();
      Matrix dStates = lease(dOutput.rows(), h);
      added.backward(dOutput, null);
      logits.backward(dOutput, dStates);
      Matrix dDropped = lease(dOutput.rows(), h);
      dropped.backward(dStates, dDropped);
      states.backward(dDropped, null, null, null, null, null);
      close();
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
      opened.clear();
    }
  }
}
