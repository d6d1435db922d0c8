package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Draw;
import io.carousel.nn.Dropout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Layer;
import io.carousel.nn.Pass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open training pass of a {@link SequenceModel}: backward adds to the gradients of all its
 * parameters.
 */
public final class SequencePass implements AutoCloseable {
  private final SequenceModel model;
  private final Queue queue;
  private final PackedShape shape;
  private final Leases leases;
  private final @Nullable Pass embedding;
  private final @Nullable Pass inputDropout;
  private final RecurrentLayer.Pass recurrent;
  private final List<Pass> head = new ArrayList<>();
  private final Matrix headInput;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private boolean consumed;

  SequencePass(
      SequenceModel model, SequenceBatch batch, @Nullable RecurrentState initial, int draw) {
    this.model = model;
    queue = model.queue();
    shape = batch.shape();
    leases = new Leases(model.pool());
    opened.add(leases);
    try {
      Matrix input;
      Embedding table = model.embedding();
      if (table == null) {
        embedding = null;
        input = leases.lease(shape.rows(), batch.featureCount());
        model.uploadInput(batch, input);
      } else {
        embedding = opened(table.forward(queue, Packing.pack(shape, batch.ids())));
        input = embedding.output();
      }
      Draw stepDraw = stepDraw(draw);
      Dropout dropout = model.inputDropout();
      if (dropout == null) {
        inputDropout = null;
      } else {
        inputDropout = opened(dropout.forward(queue, input, stepDraw));
        input = inputDropout.output();
      }
      Matrix h0 = initial == null ? null : initial.h();
      Matrix c0 = initial == null ? null : initial.c();
      recurrent = opened(model.recurrent().forward(queue, shape, input, h0, c0, draw));
      if (model.spec().readout().perStep()) {
        headInput = recurrent.output();
      } else {
        headInput = leases.lease(shape.batchSize(), model.spec().headInputSize());
        model.readLast(lastStates(), headInput, shape.batchSize());
      }
      Draw headDraw = model.spec().readout().perStep() ? stepDraw : Draw.of(draw);
      Matrix current = headInput;
      for (Layer layer : model.head()) {
        head.add(opened(layer.forward(queue, current, headDraw)));
        current = output();
      }
    } catch (RuntimeException e) {
      CloseAll.after(e, opened);
      model.pool().trim(); // it may be want of memory: a smaller batch shall work
      throw e;
    }
  }

  private Matrix lastStates() {
    return model.lastOf(recurrent.hN(), recurrent.cN());
  }

  /** Notes what is to be closed with this pass, also when it fails half-way. */
  private <T extends AutoCloseable> T opened(T part) {
    opened.add(part);
    return part;
  }

  /** Of rows that are steps: their dropout masks must not depend on how the batch was packed. */
  private Draw stepDraw(int draw) {
    if (model.spec().inputDropout() == 0 && model.spec().headDropout() == 0) {
      return Draw.of(draw);
    }
    Matrix rowIds = leases.leaseIntegers(2, shape.rows());
    queue.upload(shape.rowIds(), 0, rowIds);
    return new Draw(draw, rowIds);
  }

  /** [Σ n_t, outputs] packed, or [N, outputs]; valid until the pass ends. */
  public Matrix output() {
    return head.get(head.size() - 1).output();
  }

  /** Keeps the state that the stack ended with. */
  public void saveState(RecurrentState state) {
    state.set(queue, recurrent.hN(), recurrent.cN());
  }

  /**
   * Back-propagates and ends the pass.
   *
   * @param dOutput of the shape of {@link #output}; read
   */
  public void backward(Matrix dOutput) {
    if (consumed) {
      throw new IllegalStateException("this pass was consumed: backward ends it, once");
    }
    try (Leases scratch = new Leases(model.pool())) {
      Matrix gradient = dOutput;
      for (int i = head.size() - 1; i >= 0; i--) {
        Matrix dInput = scratch.lease(headInput.rows(), model.head().get(i).inputSize());
        head.get(i).backward(gradient, dInput);
        gradient = dInput;
      }
      Matrix dInput =
          embedding == null
              ? null
              : scratch.lease(shape.rows(), model.recurrent().spec().inputSize());
      if (model.spec().readout().perStep()) {
        recurrent.backward(gradient, null, null, dInput, null, null);
      } else {
        Matrix dLast = scratch.lease(lastStates().rows(), lastStates().columns());
        queue.fill(dLast, 0);
        model.writeLast(dLast, gradient, shape.batchSize());
        boolean cell = model.spec().readout() == Readout.LAST_CELL;
        recurrent.backward(null, cell ? null : dLast, cell ? dLast : null, dInput, null, null);
      }
      if (inputDropout != null && dInput != null) {
        inputDropout.backward(dInput, dInput);
      }
      if (embedding != null && dInput != null) {
        embedding.backward(dInput, null);
      }
    } finally {
      close();
    }
  }

  /** Ends the pass; without backward no gradients are added. */
  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      CloseAll.inReverse(opened);
    }
  }
}
