package io.carousel.serve;

import io.carousel.device.PackedShape;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.rnn.StreamInference;
import io.carousel.rnn.StreamState;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One stream: its state is carried from call to call. What it gives has the bits that {@link
 * ServedModel#predict} gives for the whole sequence: of the steps so far, where the head reads
 * every step; of the sequence up to that step, where it reads the last state.
 *
 * <p>Any thread may use a session, one at a time: a second one that comes during a call is refused,
 * and the call goes on undisturbed. A call that fails leaves the session as it was, so it may be
 * made again. The state lies on the Java heap, so a session that is dropped needs no close.
 *
 * <pre>{@code
 * try (StreamingSession session = model.openSession()) {
 *   for (int t = 0; t < 50; t++) session.step(samples[t]);
 *   Files.write(state, session.export());
 * }
 * // here, or on another machine with the same model
 * try (StreamingSession session = model.resume(Files.readAllBytes(state))) {
 *   float[] rest = session.feed(Arrays.copyOfRange(samples, 50, 100));
 *   ...
 * }
 * }</pre>
 */
public final class StreamingSession implements AutoCloseable {
  /** Long chunks are cut into pieces, which changes no bit and bounds the workspace. */
  private static final int PIECE = 256;

  private static final PackedShape ONE_STEP = PackedShape.dense(1, 1);

  private final ServedModel model;
  private final SequenceModelSpec spec;
  private final StreamState[] stream; // the state alone
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private final int[] oneId = new int[1];
  private final AtomicLong steps; // written by the thread that uses the session
  private volatile boolean closed;

  StreamingSession(ServedModel model, StreamState state, long steps) {
    this.model = model;
    this.steps = new AtomicLong(steps);
    spec = model.spec();
    stream = new StreamState[] {state};
  }

  /**
   * Runs one step.
   *
   * @param features [I]
   * @return [outputs]
   * @throws IllegalStateException when the session or its model is closed, or another thread uses
   *     the session
   */
  public float[] step(float... features) {
    float[] outputs = new float[spec.outputs()];
    step(features, outputs);
    return outputs;
  }

  /**
   * Runs one step and allocates nothing.
   *
   * @param features [I]
   * @param outputs [outputs]; overwritten
   */
  public void step(float[] features, float[] outputs) {
    if (StepInput.steps(spec, features) != 1) {
      throw new IllegalArgumentException(
          "expected the %d features of one step, got %d numbers: feed takes several steps"
              .formatted(spec.recurrent().inputSize(), features.length));
    }
    if (outputs.length != spec.outputs()) {
      throw new IllegalArgumentException(
          "expected room for %d outputs, got %d".formatted(spec.outputs(), outputs.length));
    }
    enter();
    try {
      Runner runner = model.runners().lend();
      try {
        runner.streams().run(ONE_STEP, stream, features, outputs);
      } finally {
        model.runners().giveBack(runner);
      }
      steps.lazySet(steps.get() + 1);
    } finally {
      leave();
    }
  }

  /**
   * Runs one step of a model of ids.
   *
   * @return [outputs]
   */
  public float[] step(int id) {
    float[] outputs = new float[spec.outputs()];
    enter();
    try {
      oneId[0] = id;
      StepInput.steps(spec, oneId);
      run(1, outputs, (streams, state, from, shape, out) -> streams.run(shape, state, oneId, out));
    } finally {
      leave();
    }
    return outputs;
  }

  /**
   * Runs several steps.
   *
   * @param features [T, I] row by row, T at least 1
   * @return [T, outputs] row by row
   */
  public float[] feed(float[] features) {
    int count = StepInput.steps(spec, features);
    int inputs = spec.recurrent().inputSize();
    float[] outputs = new float[Math.multiplyExact(count, spec.outputs())];
    enter();
    try {
      run(
          count,
          outputs,
          (streams, state, from, shape, out) -> {
            int end = (from + shape.rows()) * inputs;
            streams.run(shape, state, Arrays.copyOfRange(features, from * inputs, end), out);
          });
    } finally {
      leave();
    }
    return outputs;
  }

  /**
   * Runs several steps of a model of ids.
   *
   * @param ids [T], T at least 1
   * @return [T, outputs] row by row
   */
  public float[] feed(int[] ids) {
    int[] own = ids.clone();
    int count = StepInput.steps(spec, own);
    float[] outputs = new float[Math.multiplyExact(count, spec.outputs())];
    enter();
    try {
      run(
          count,
          outputs,
          (streams, state, from, shape, out) ->
              streams.run(shape, state, Arrays.copyOfRange(own, from, from + shape.rows()), out));
    } finally {
      leave();
    }
    return outputs;
  }

  /** Runs the piece of a chunk that starts at a step. */
  private interface Piece {
    void run(
        StreamInference streams, StreamState[] state, int from, PackedShape shape, float[] output);
  }

  private void run(int count, float[] outputs, Piece piece) {
    Runner runner = model.runners().lend();
    try {
      StreamInference streams = runner.streams();
      int most = Math.min(PIECE, streams.mostSteps());
      StreamState[] ahead = count <= most ? stream : new StreamState[] {stream[0].copy()};
      for (int done = 0; done < count; ) {
        int size = Math.min(most, count - done);
        float[] part = new float[size * spec.outputs()];
        PackedShape shape = size == 1 ? ONE_STEP : PackedShape.dense(size, 1);
        piece.run(streams, ahead, done, shape, part);
        System.arraycopy(part, 0, outputs, done * spec.outputs(), part.length);
        done += size;
      }
      stream[0] = ahead[0];
      steps.lazySet(steps.get() + count);
    } finally {
      model.runners().giveBack(runner);
    }
  }

  /**
   * Steps done since the stream began, also before it was exported and resumed. Any thread may ask
   * at any time.
   */
  public long steps() {
    return steps.get();
  }

  /** The state as bytes, from which {@link ServedModel#resume} goes on; the session goes on too. */
  public byte[] export() {
    enter();
    try {
      return model.export(stream[0], steps.get());
    } finally {
      leave();
    }
  }

  /** Back to the beginning: zeros, and no steps done. */
  public void reset() {
    enter();
    try {
      stream[0].reset();
      steps.lazySet(0);
    } finally {
      leave();
    }
  }

  private void enter() {
    Thread caller = Thread.currentThread();
    Thread other = user.compareAndExchange(null, caller);
    if (other != null) {
      throw new IllegalStateException(
          "the session is in use by thread '%s': thread '%s' must wait, or take a session of its own"
              .formatted(other.getName(), caller.getName()));
    }
    if (closed) {
      leave();
      throw new IllegalStateException("the session is closed");
    }
  }

  private void leave() {
    user.set(null);
  }

  /** Refuses further calls; one in progress ends right. Closing again does nothing. */
  @Override
  public void close() {
    closed = true;
  }
}
