package io.carousel.serve;

import io.carousel.rnn.StreamState;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller wants of a session: done in the order in which it came. */
abstract sealed class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  final long acceptedNanos = System.nanoTime();

  /** Steps that it still holds in the queue. */
  abstract int remaining();

  abstract void fail(Throwable why);

  /** Steps to be made; long chunks take several turns. */
  static final class Steps extends Job {
    private final float @Nullable [] features;
    private final int @Nullable [] ids;
    private final int count;
    private final float[] outputs;
    private final @Nullable Consumer<float[]> listener;
    private final CompletableFuture<float[]> future = new CompletableFuture<>();
    private int done;

    /** The state of a chunk of several turns, the session's own when all is done. */
    @Nullable StreamState ahead;

    Steps(
        float @Nullable [] features,
        int @Nullable [] ids,
        int count,
        int outputs,
        @Nullable Consumer<float[]> listener) {
      this.features = features;
      this.ids = ids;
      this.count = count;
      this.outputs = new float[Math.multiplyExact(count, outputs)];
      this.listener = listener;
    }

    CompletableFuture<float[]> future() {
      return future;
    }

    @Override
    int remaining() {
      return count - done;
    }

    /** Copies the inputs of a step, counted from the next one. */
    void readFeatures(int step, float[] to, int row, int inputs) {
      if (features != null) {
        System.arraycopy(features, (done + step) * inputs, to, row * inputs, inputs);
      }
    }

    int id(int step) {
      return ids == null ? -1 : ids[done + step];
    }

    void writeOutputs(int step, float[] from, int row, int width) {
      System.arraycopy(from, row * width, outputs, (done + step) * width, width);
    }

    void advance(int steps) {
      done += steps;
    }

    int count() {
      return count;
    }

    /** The steps are done, whatever who listens makes of it, and whether or not somebody waits. */
    void complete() {
      if (listener != null) {
        try {
          listener.accept(outputs);
        } catch (Throwable e) {
          LOG.error("who listens to a session failed", e);
        }
      }
      future.complete(outputs);
    }

    @Override
    void fail(Throwable why) {
      future.completeExceptionally(why);
    }
  }

  /** The state after all steps before. */
  static final class Export extends Job {
    final CompletableFuture<byte[]> future = new CompletableFuture<>();

    @Override
    int remaining() {
      return 0;
    }

    @Override
    void fail(Throwable why) {
      future.completeExceptionally(why);
    }
  }
}
