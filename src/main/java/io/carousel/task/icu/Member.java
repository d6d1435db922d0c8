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
import org.jspecify.annotations.Nullable;

/**
 * One GRU of the ensemble: dropout of the features, GRU, dropout of its states, one logit per hour,
 * to which a linear function of the features is added ("wide and deep", Cheng et al. 2016: what is
 * linear needs no state, and the GRU learns the rest). With decay, features and state fade before
 * the GRU sees them, see {@link InputDecay} and {@link StateDecay}.
 */
final class Member implements AutoCloseable {
  private final MatrixPool pool;
  private final @Nullable InputDecay inputDecay;
  private final @Nullable StateDecay stateDecay;
  private final Dropout inputDropout;
  private final Gru gru;
  private final Dropout outputDropout;
  private final Linear head;
  private final Linear direct;

  Member(MortalityNet.Spec spec, ParameterSet parameters, MatrixPool pool, String path) {
    this.pool = pool;
    long seed = parameters.seed();
    int f = spec.features();
    int h = spec.hiddenSize();
    inputDropout = new Dropout(pool, path + ".input", seed, spec.inputDropout(), f);
    gru = Gru.builder(f, h).build(parameters, path + ".gru");
    outputDropout = new Dropout(pool, path + ".output", seed, spec.outputDropout(), h);
    head = new Linear(parameters, pool, path + ".head", h, 1);
    direct = new Linear(parameters, pool, path + ".direct", f, 1, Initializer.zeros(), null);
    inputDecay = spec.decay() ? new InputDecay(parameters, pool, path + ".input_decay") : null;
    stateDecay = spec.decay() ? new StateDecay(gru, parameters, pool, path + ".state_decay") : null;
  }

  RecurrentLayer stack() {
    return gru;
  }

  Pass forward(Queue queue, SequenceBatch batch, int draw) {
    return new Pass(queue, batch, draw);
  }

  /** [T·N, 1] logits without dropout; the caller releases them. */
  Matrix infer(Queue queue, SequenceBatch batch) {
    PackedShape shape = requireDense(batch);
    List<Matrix> scratch = new ArrayList<>();
    Matrix logits = pool.lease(shape.rows(), 1);
    boolean done = false;
    try {
      Matrix features = lease(scratch, shape.rows(), batch.featureCount());
      queue.upload(batch.features(), 0, features);
      if (inputDecay == null || stateDecay == null) {
        Matrix states = lease(scratch, shape.rows(), gru.spec().hiddenSize());
        Matrix last = lease(scratch, shape.batchSize(), gru.spec().hiddenSize());
        gru.infer(queue, shape, features, null, null, states, last, null);
        head.infer(queue, states, logits);
      } else {
        Matrix times = lease(scratch, shape.rows(), StayFeatures.VARIABLES);
        queue.copy(InputDecay.block(features, StayFeatures.Block.SINCE), times);
        try (InputDecay.Pass decayed = inputDecay.forward(queue, features);
            StateDecay.Pass states = stateDecay.forward(queue, shape, times, features, 0)) {
          head.infer(queue, states.output(), logits);
        }
      }
      Matrix added = lease(scratch, shape.rows(), 1);
      direct.infer(queue, features, added);
      queue.axpy(1, added, logits);
      done = true;
      return logits;
    } finally {
      scratch.forEach(pool::release);
      if (!done) {
        pool.release(logits);
      }
    }
  }

  private Matrix lease(List<Matrix> leases, int rows, int columns) {
    Matrix matrix = pool.lease(rows, columns);
    leases.add(matrix);
    return matrix;
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
    private final io.carousel.nn.Pass dropped;
    private final io.carousel.nn.Pass logits;
    private final io.carousel.nn.Pass added;
    private InputDecay.@Nullable Pass decayed;
    private StateDecay.@Nullable Pass fading;
    private RecurrentLayer.@Nullable Pass steps;

    private Pass(Queue queue, SequenceBatch batch, int number) {
      this.queue = queue;
      PackedShape shape = requireDense(batch);
      try {
        Matrix features = lease(shape.rows(), batch.featureCount());
        queue.upload(batch.features(), 0, features);
        Matrix times = lease(shape.rows(), StayFeatures.VARIABLES);
        if (inputDecay != null) {
          queue.copy(InputDecay.block(features, StayFeatures.Block.SINCE), times);
          decayed = opened(inputDecay.forward(queue, features));
        }
        Matrix ids = pool.leaseIntegers(2, shape.rows());
        opened.add(() -> pool.release(ids));
        queue.upload(rowsOfAllSteps(shape), 0, ids);
        Draw draw = new Draw(number, ids);
        input = opened(inputDropout.forward(queue, features, draw));
        Matrix states = run(shape, times, number);
        dropped = opened(outputDropout.forward(queue, states, draw));
        logits = opened(head.forward(queue, dropped.output(), Draw.NONE));
        added = opened(direct.forward(queue, input.output(), Draw.NONE));
        queue.axpy(1, added.output(), logits.output());
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        pool.trim(); // it may be want of memory: a smaller batch shall work
        throw e;
      }
    }

    private Matrix run(PackedShape shape, Matrix times, int number) {
      if (stateDecay == null) {
        steps = opened(gru.forward(queue, shape, input.output(), null, null, number));
        return steps.output();
      }
      fading = opened(stateDecay.forward(queue, shape, times, input.output(), number));
      return fading.output();
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
      logits.backward(dOutput, dStates);
      dropped.backward(dStates, dStates);
      if (steps != null) {
        added.backward(dOutput, null);
        steps.backward(dStates, null, null, null, null, null);
      } else if (fading != null && decayed != null) {
        Matrix dFeatures = lease(dOutput.rows(), direct.inputSize());
        Matrix dDirect = lease(dOutput.rows(), direct.inputSize());
        added.backward(dOutput, dDirect);
        fading.backward(dStates, dFeatures);
        queue.axpy(1, dDirect, dFeatures);
        input.backward(dFeatures, dFeatures);
        decayed.backward(dFeatures);
      }
      close();
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
      opened.clear();
    }
  }
}
