package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequencePass;
import java.util.LinkedHashMap;
import java.util.Map;
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

  void restore(Map<String, double[]> arrays) {
    forget();
    double[] h = arrays.get("h");
    if (h == null) {
      return;
    }
    int perSequence = model.recurrent().spec().runs() * model.recurrent().spec().stateSize();
    state = model.newState(h.length / perSequence);
    model.queue().upload(h, 0, state.h());
    double[] c = arrays.get("c");
    if (state.c() != null && c != null) {
      model.queue().upload(c, 0, state.c());
    }
  }
}
