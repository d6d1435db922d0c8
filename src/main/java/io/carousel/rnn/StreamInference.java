package io.carousel.rnn;

import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.Dropout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Layer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries streams on: runs the next steps of N of them through a {@link SequenceModel}, from states
 * that come from the host and go back to it. Where the queue's products are row-invariant, what a
 * stream gives depends neither on the others nor on the pieces in which it comes. Calls for batches
 * of one shape after the other allocate nothing. Used by the model's thread.
 */
public final class StreamInference implements AutoCloseable {
  private static final PackedShape NOTHING = PackedShape.of(0);

  private final SequenceModel model;
  private final RecurrentSpec stack;
  private final Queue queue;
  private final MatrixPool pool;
  private final Leases leases;
  private final List<Layer> head; // without dropout, which only copies here
  private final @Nullable Matrix[] outputs; // of the head
  private PackedShape shape = NOTHING;
  private @Nullable Matrix ids;
  private @Nullable Matrix input;
  private @Nullable Matrix steps;
  private @Nullable Matrix h;
  private @Nullable Matrix c;
  private @Nullable Matrix headInput;
  private HostReals hostH;
  private HostReals hostC;

  /** For streams of a model whose directions allow it; closed before the model. */
  public StreamInference(SequenceModel model) {
    String why = whyNot(model.spec());
    if (why != null) {
      throw new IllegalArgumentException(why);
    }
    this.model = model;
    stack = model.recurrent().spec();
    queue = model.queue();
    pool = new MatrixPool(queue.device(), "streams");
    leases = new Leases(pool);
    head = model.head().stream().filter(layer -> !(layer instanceof Dropout)).toList();
    outputs = new Matrix[head.size()];
    hostH = HostReals.zeros(queue.device().realType(), 0);
    hostC = hostH;
  }

  /** Why a model cannot run step by step, or null when it can. */
  public static @Nullable String whyNot(SequenceModelSpec spec) {
    return spec.recurrent().bidirectional()
        ? "a bidirectional stack reads each sequence from its end, too: it cannot run step by step"
        : null;
  }

  /**
   * The largest number of steps per stream that one call takes: any, or 1 where the head reads the
   * state that each step leaves behind.
   */
  public int mostSteps() {
    return model.spec().readout().perStep() ? Integer.MAX_VALUE : 1;
  }

  /**
   * Runs the next steps of streams of features.
   *
   * @param batch lengths of N chunks, longest first; none longer than {@link #mostSteps}
   * @param streams N states, in the same order; carried on, and left alone when this fails
   * @param features [Σ n_t, I] packed
   * @param output [Σ n_t, outputs] packed; overwritten
   */
  public void run(PackedShape batch, StreamState[] streams, float[] features, float[] output) {
    if (model.embedding() != null) {
      throw new IllegalArgumentException("the model takes ids, got features");
    }
    prepare(batch, streams);
    queue.upload(features, 0, required(input));
    run(batch, streams, output);
  }

  /**
   * The same for streams of ids.
   *
   * @param wanted ids of the steps, packed, each in 0..V-1
   */
  public void run(PackedShape batch, StreamState[] streams, int[] wanted, float[] output) {
    Embedding table = model.embedding();
    if (table == null) {
      throw new IllegalArgumentException("the model takes features, got ids");
    }
    for (int i = 0; i < batch.rows(); i++) {
      if (wanted[i] < 0 || wanted[i] >= table.idCount()) {
        throw new IllegalArgumentException(
            "id %d does not lie in 0..%d".formatted(wanted[i], table.idCount() - 1));
      }
    }
    prepare(batch, streams);
    queue.upload(wanted, 0, required(ids));
    queue.gatherRows(table.weight().value(), required(ids), required(input));
    run(batch, streams, output);
  }

  private void run(PackedShape batch, StreamState[] streams, float[] output) {
    uploadStates(batch.batchSize(), streams);
    Matrix state = required(h);
    model.recurrent().infer(queue, batch, required(input), state, c, required(steps), state, c);
    Matrix current = required(headInput);
    for (int i = 0; i < head.size(); i++) { // without an iterator: nothing is allocated here
      Matrix next = required(outputs[i]);
      head.get(i).infer(queue, current, next);
      current = next;
    }
    queue.download(current, output, 0);
    downloadStates(batch.batchSize(), streams);
  }

  private void prepare(PackedShape batch, StreamState[] streams) {
    if (batch.batchSize() > streams.length || !batch.isSorted() || batch.steps() > mostSteps()) {
      throw new IllegalArgumentException(
          "%s for %d streams, longest first, at most %d steps each"
              .formatted(batch, streams.length, mostSteps()));
    }
    if (batch.equals(shape)) {
      return;
    }
    drop();
    try {
      lease(batch);
      shape = batch;
    } catch (RuntimeException e) {
      drop();
      if (e instanceof DeviceOutOfMemoryException) {
        pool.trim();
        model.trim(); // so that a smaller batch works
      }
      throw e;
    }
  }

  private void lease(PackedShape batch) {
    int rows = batch.rows();
    int n = batch.batchSize();
    ids = model.embedding() == null ? null : leases.leaseIntegers(1, rows);
    input = leases.lease(rows, stack.inputSize());
    Matrix stackOutput = leases.lease(rows, stack.outputSize());
    Matrix states = leases.lease(stack.runs() * n, stack.stateSize());
    boolean cell = stack.cell().hasCellState();
    Matrix cells = cell ? leases.lease(stack.runs() * n, stack.hiddenSize()) : null;
    steps = stackOutput;
    h = states;
    c = cells;
    headInput =
        model.spec().readout().perStep()
            ? stackOutput
            : model.lastOf(states, cells).rows((stack.runs() - 1) * n, n);
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = leases.lease(rows, head.get(i).outputSize());
    }
    if (hostH.size() < states.size()) {
      hostH = HostReals.zeros(queue.device().realType(), Math.toIntExact(states.size()));
    }
    if (cells != null && hostC.size() < cells.size()) {
      hostC = HostReals.zeros(queue.device().realType(), Math.toIntExact(cells.size()));
    }
  }

  private void uploadStates(int n, StreamState[] streams) {
    for (int i = 0; i < n; i++) {
      move(streams[i].h, hostH, stack.stateSize(), n, i, true);
      if (c != null) {
        move(Objects.requireNonNull(streams[i].c), hostC, stack.hiddenSize(), n, i, true);
      }
    }
    hostH.upload(queue, required(h));
    if (c != null) {
      hostC.upload(queue, c);
    }
  }

  /** All that can fail comes before the first stream is changed. */
  private void downloadStates(int n, StreamState[] streams) {
    hostH.download(queue, required(h));
    if (c != null) {
      hostC.download(queue, c);
    }
    for (int i = 0; i < n; i++) {
      move(streams[i].h, hostH, stack.stateSize(), n, i, false);
      if (c != null) {
        move(Objects.requireNonNull(streams[i].c), hostC, stack.hiddenSize(), n, i, false);
      }
    }
  }

  /** Between a stream's [L, size] and the batch's [L·N, size]. */
  private void move(HostReals stream, HostReals batch, int size, int n, int i, boolean toBatch) {
    for (int run = 0; run < stack.runs(); run++) {
      int inBatch = (run * n + i) * size;
      if (toBatch) {
        batch.copyFrom(stream, run * size, inBatch, size);
      } else {
        stream.copyFrom(batch, inBatch, run * size, size);
      }
    }
  }

  private static Matrix required(@Nullable Matrix leased) {
    return Objects.requireNonNull(leased);
  }

  private void drop() {
    leases.close();
    shape = NOTHING;
  }

  /** Gives back what is kept for the next batch. */
  public void trim() {
    drop();
    pool.trim();
  }

  @Override
  public void close() {
    pool.close();
  }
}
