package io.carousel.rnn;

import io.carousel.device.ElementType;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * The state of one stream on the host, in the numbers of its device: h [L, R] and, of an LSTM, c
 * [L, H]. Begins as zeros; {@link StreamInference} carries it on. Not thread-safe.
 */
public final class StreamState {
  private final ElementType type;
  final HostReals h;
  final @Nullable HostReals c;

  /**
   * Zeros.
   *
   * @param spec the stack
   * @param type real type of the device
   */
  public StreamState(RecurrentSpec spec, ElementType type) {
    this.type = type;
    h = HostReals.zeros(type, spec.runs() * spec.stateSize());
    c = spec.cell().hasCellState() ? HostReals.zeros(type, spec.runs() * spec.hiddenSize()) : null;
  }

  private StreamState(ElementType type, HostReals h, @Nullable HostReals c) {
    this.type = type;
    this.h = h;
    this.c = c;
  }

  /** A state of the same numbers, to be carried on by itself. */
  public StreamState copy() {
    return new StreamState(type, h.copy(), c == null ? null : c.copy());
  }

  /** Real type of the device. */
  public ElementType type() {
    return type;
  }

  /** A copy of h [L, R]. */
  public double[] h() {
    return h.toDoubles();
  }

  /** A copy of c [L, H], null where the cell has none. */
  public double @Nullable [] c() {
    return c == null ? null : c.toDoubles();
  }

  /**
   * Overwrites the state, rounding to the device's numbers.
   *
   * @param newH [L, R]
   * @param newC [L, H], null where the cell has none
   */
  public void set(double[] newH, double @Nullable [] newC) {
    if (newH.length != h.size() || (newC == null ? 0 : newC.length) != (c == null ? 0 : c.size())) {
      throw new IllegalArgumentException(
          "a state has %d numbers h and %d numbers c, got %d and %d"
              .formatted(
                  h.size(), c == null ? 0 : c.size(), newH.length, newC == null ? 0 : newC.length));
    }
    h.set(newH);
    if (c != null && newC != null) {
      c.set(newC);
    }
  }

  /** Back to zeros. */
  public void reset() {
    h.clear();
    if (c != null) {
      c.clear();
    }
  }

  /** Numbers of h and c together. */
  public int size() {
    return h.size() + (c == null ? 0 : c.size());
  }
}
