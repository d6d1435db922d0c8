package io.carousel.serve;

import io.carousel.rnn.SequenceModelSpec;

/** Checks what streams are fed with. */
final class StepInput {
  private StepInput() {}

  /** Number of steps in [T, I] features, at least 1. */
  static int steps(SequenceModelSpec spec, float[] features) {
    int inputs = spec.recurrent().inputSize();
    if (spec.vocabulary() > 0) {
      throw new IllegalArgumentException(
          "the model takes ids in 0..%d, got features".formatted(spec.vocabulary() - 1));
    }
    if (features.length == 0 || features.length % inputs != 0) {
      throw new IllegalArgumentException(
          "expected features [steps, %d], got %d numbers".formatted(inputs, features.length));
    }
    return features.length / inputs;
  }

  /** Number of steps in ids [T], at least 1. */
  static int steps(SequenceModelSpec spec, int[] ids) {
    if (spec.vocabulary() == 0) {
      throw new IllegalArgumentException(
          "the model takes %d features a step, got ids".formatted(spec.recurrent().inputSize()));
    }
    if (ids.length == 0) {
      throw new IllegalArgumentException("expected ids [steps], got none");
    }
    for (int t = 0; t < ids.length; t++) {
      if (ids[t] < 0 || ids[t] >= spec.vocabulary()) {
        throw new IllegalArgumentException(
            "id %d at step %d does not lie in 0..%d".formatted(ids[t], t, spec.vocabulary() - 1));
      }
    }
    return ids.length;
  }
}
