package io.carousel.rnn;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * The states of a stack for N sequences, in the caller's row order, on a device: what starts a
 * pass, what it ended with, what is carried from one chunk of a sequence to the next. Begins as
 * zeros.
 */
public final class RecurrentState implements AutoCloseable {
  private final BufferScope scope;
  private final RecurrentSpec spec;
  private final int batchSize;
  private final Matrix h;
  private final @Nullable Matrix c;

  /**
   * Zero states.
   *
   * @param device where they lie
   * @param spec the stack
   * @param batchSize N
   */
  public RecurrentState(Device device, RecurrentSpec spec, int batchSize) {
    this.spec = spec;
    this.batchSize = batchSize;
    scope = new BufferScope(device, "recurrent state");
    try {
      h = scope.reals("h", spec.runs() * batchSize, spec.stateSize());
      c =
          spec.cell().hasCellState()
              ? scope.reals("c", spec.runs() * batchSize, spec.hiddenSize())
              : null;
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** N. */
  public int batchSize() {
    return batchSize;
  }

  /** [L·D·N, R]: row (k·D + d)·N + n. */
  public Matrix h() {
    return h;
  }

  /** [L·D·N, H] of an LSTM, else null. */
  public @Nullable Matrix c() {
    return c;
  }

  /** Overwrites this state, for example by what a pass ended with. */
  public void set(Queue queue, Matrix newH, @Nullable Matrix newC) {
    queue.copy(newH, h);
    if (c != null) {
      if (newC == null) {
        throw new IllegalArgumentException("an LSTM's state needs a cell state c");
      }
      queue.copy(newC, c);
    }
  }

  /** Back to zeros. */
  public void reset(Queue queue) {
    queue.fill(h, 0);
    if (c != null) {
      queue.fill(c, 0);
    }
  }

  /**
   * A new state whose sequence i is sequence {@code rows[i]} of this one: beam search and
   * regrouping. The caller closes it.
   *
   * @throws IndexOutOfBoundsException when a row does not exist
   */
  public RecurrentState gather(Queue queue, int... rows) {
    int[] ids = new int[spec.runs() * rows.length];
    for (int run = 0; run < spec.runs(); run++) {
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] < 0 || rows[i] >= batchSize) {
          throw new IndexOutOfBoundsException("sequence " + rows[i] + " of " + batchSize);
        }
        ids[run * rows.length + i] = run * batchSize + rows[i];
      }
    }
    RecurrentState gathered = new RecurrentState(scope.device(), spec, rows.length);
    try (BufferScope scratch = new BufferScope(scope.device(), "gathered rows")) {
      Matrix deviceIds = scratch.integers("ids", ids.length);
      queue.upload(ids, 0, deviceIds);
      queue.gatherRows(h, deviceIds, gathered.h);
      if (c != null && gathered.c != null) {
        queue.gatherRows(c, deviceIds, gathered.c);
      }
      queue.synchronize();
      return gathered;
    } catch (RuntimeException e) {
      gathered.close();
      throw e;
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
