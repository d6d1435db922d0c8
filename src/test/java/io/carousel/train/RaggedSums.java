package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import java.util.Arrays;
import java.util.Random;

/**
 * Sequences of two random numbers a step, of unequal lengths; to be learned: the running mean of
 * their differences.
 */
final class RaggedSums implements SequenceDataset {
  private final float[][] inputs;
  private final float[][] targets;

  RaggedSums(int size, long seed) {
    Random random = new Random(seed);
    inputs = new float[size][];
    targets = new float[size][];
    for (int i = 0; i < size; i++) {
      int length = 3 + random.nextInt(6);
      inputs[i] = new float[2 * length];
      targets[i] = new float[length];
      float sum = 0;
      for (int t = 0; t < length; t++) {
        inputs[i][2 * t] = random.nextFloat();
        inputs[i][2 * t + 1] = random.nextFloat();
        sum += inputs[i][2 * t] - inputs[i][2 * t + 1];
        targets[i][t] = sum / (t + 1);
      }
    }
  }

  @Override
  public int size() {
    return inputs.length;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int[] lengths = Arrays.stream(examples).map(i -> targets[i].length).toArray();
    PackedShape shape = PackedShape.of(lengths);
    int n = examples.length;
    float[] features = new float[shape.steps() * n * 2];
    float[] values = new float[shape.steps() * n];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < lengths[i]; t++) {
        features[(t * n + i) * 2] = inputs[examples[i]][2 * t];
        features[(t * n + i) * 2 + 1] = inputs[examples[i]][2 * t + 1];
        values[t * n + i] = targets[examples[i]][t];
      }
    }
    return SequenceBatch.ofFeatures(shape, 2, features).withValues(true, 1, values);
  }
}
