package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequencePass;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state that goes from a batch to the next one that {@linkplain SequenceBatch#carry carries}
 * it: truncated back-propagation through time. There is none as long as no batch does.
 */
final class CarriedState {
  private final SequenceModel model;
  private @Nullable RecurrentState state;

  CarriedState(SequenceModel model) {
    this.model = model;
  }

  /** What the batch starts from: null for zeros. */
  @Nullable RecurrentState startOf(SequenceBatch batch) {
    int batchSize = batch.shape().batchSize();
    switch (batch.carry()) {
      case NONE -> {
        return null;
      }
      case START -> {
        if (state == null || state.batchSize() != batchSize) {
          forget();
          state = model.newState(batchSize);
        }
        state.reset(model.queue());
        return state;
      }
      case CONTINUE -> {
        if (state == null || state.batchSize() != batchSize) {
          throw new IllegalArgumentException(
              "a batch of %d sequences goes on with a state of %s"
                  .formatted(batchSize, state == null ? "none" : state.batchSize()));
        }
        return state;
      }
    }
    throw new AssertionError(batch.carry());
  }

  /** Keeps what a training pass ended with. */
  void keep(SequenceBatch batch, SequencePass pass) {
    if (batch.carry() != SequenceBatch.Carry.NONE && state != null) {
      pass.saveState(state);
    }
  }

  void forget() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  Map<String, double[]> export() {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    if (state != null) {
      arrays.put("h", download(state.h()));
      if (state.c() != null) {
        arrays.put("c", download(state.c()));
      }
    }
    return arrays;
  }

  private double[] download(Matrix matrix) {
    double[] values = new double[Math.toIntExact(matrix.size())];
    model.queue().download(matrix, values, 0);
    return values;
  }

  /**
   * Takes what {@link #export} gave.
   *
   * @throws IllegalArgumentException when arrays are missing, unknown or of the wrong length
   */
  void restore(Map<String, double[]> arrays) {
    forget();
    if (arrays.isEmpty()) {
      return;
    }
    RecurrentSpec spec = model.recurrent().spec();
    Set<String> expected = spec.cell().hasCellState() ? Set.of("h", "c") : Set.of("h");
    if (!arrays.keySet().equals(expected)) {
      throw new IllegalArgumentException(
          "carried state: expected %s, got %s".formatted(expected, arrays.keySet()));
    }
    double[] h = arrays.getOrDefault("h", new double[0]);
    RecurrentState restored =
        model.newState(Math.max(1, h.length / (spec.runs() * spec.stateSize())));
    state = restored;
    upload(h, restored.h());
    if (restored.c() != null) {
      upload(arrays.getOrDefault("c", new double[0]), restored.c());
    }
  }

  private void upload(double[] values, Matrix to) {
    if (values.length != to.size()) {
      throw new IllegalArgumentException(
          "carried state: %d numbers for %s".formatted(values.length, to.shape()));
    }
    model.queue().upload(values, 0, to);
  }
}
