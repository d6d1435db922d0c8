package io.carousel.task.ecg.beats;

import io.carousel.data.SequenceBatch;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.train.BatchSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Records cut into sequences of successive beats. In training the cuts fall elsewhere in each epoch
 * and the sequences are disturbed: the second lead is missing at times, amplitudes differ, all
 * features carry noise.
 */
final class BeatSequences implements BatchSource<SequenceBatch> {
  /** Features and classes (−1 for none) of a record's beats, and what each weighs in the loss. */
  record Labelled(float[] features, int[] classes, float[] weights) {
    int size() {
      return classes.length;
    }
  }

  /** How sequences are disturbed in training. */
  record Disturbance(double noise, double gain, double leadMissing) {
    static final Disturbance NONE = new Disturbance(0, 0, 0);
  }

  private record Cut(int record, int from, int to) {}

  private final List<Labelled> records;
  private final int length;
  private final int batchSize;
  private final Disturbance disturbance;
  private final boolean shuffled;
  private final long seed;
  private final int size;
  private int orderEpoch = -1;
  private List<Cut> order = List.of();

  private BeatSequences(
      List<Labelled> records,
      int length,
      int batchSize,
      Disturbance disturbance,
      boolean shuffled,
      long seed) {
    this.records = records;
    this.length = length;
    this.batchSize = batchSize;
    this.disturbance = disturbance;
    this.shuffled = shuffled;
    this.seed = seed;
    int cuts = records.stream().mapToInt(r -> cuts(r.size())).sum();
    size = (cuts + batchSize - 1) / batchSize;
  }

  /** For training. */
  static BeatSequences shuffled(
      List<Labelled> records, int length, int batchSize, Disturbance disturbance, long seed) {
    return new BeatSequences(records, length, batchSize, disturbance, true, seed);
  }

  /** For judging. */
  static BeatSequences inOrder(List<Labelled> records, int length, int batchSize) {
    return new BeatSequences(records, length, batchSize, Disturbance.NONE, false, 0);
  }

  /** The first of a record's cuts is a shorter one, wherever that ends. */
  private int cuts(int beats) {
    return beats == 0 ? 0 : (beats + length - 1) / length + (shuffled ? 1 : 0);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public SequenceBatch batch(int epoch, int index) {
    if (orderEpoch != epoch) {
      order = order(epoch);
      orderEpoch = epoch;
    }
    List<Cut> cuts =
        order.subList(index * batchSize, Math.min((index + 1) * batchSize, order.size()));
    return batch(cuts, new RandomStream(seed, "disturb/epoch" + epoch + "/batch" + index));
  }

  private List<Cut> order(int epoch) {
    RandomStream random = new RandomStream(seed, "beats/epoch" + epoch);
    List<Cut> cuts = new ArrayList<>();
    for (int r = 0; r < records.size(); r++) {
      int n = records.get(r).size();
      int first = shuffled ? (int) (random.nextDouble() * length) : 0;
      int count = cuts(n);
      for (int c = 0; c < count; c++) {
        int from = shuffled ? first + (c - 1) * length : c * length;
        // an empty cut stays, so that every epoch has as many
        cuts.add(
            new Cut(r, Math.min(n, Math.max(0, from)), Math.min(n, Math.max(0, from + length))));
      }
    }
    if (!shuffled) {
      return cuts;
    }
    return Arrays.stream(random.permutation(cuts.size())).mapToObj(cuts::get).toList();
  }

  private SequenceBatch batch(List<Cut> cuts, RandomStream random) {
    int n = cuts.size();
    int[] lengths = cuts.stream().mapToInt(cut -> cut.to - cut.from).toArray();
    PackedShape shape = PackedShape.of(lengths);
    int width = BeatFeatures.COUNT;
    float[] features = new float[shape.steps() * n * width];
    int[] labels = new int[shape.steps() * n];
    float[] weights = new float[shape.steps() * n];
    for (int row = 0; row < n; row++) {
      Cut cut = cuts.get(row);
      Labelled record = records.get(cut.record);
      boolean noSecond = random.nextDouble() < disturbance.leadMissing;
      float[] gain = new float[BeatFeatures.LEADS];
      for (int lead = 0; lead < gain.length; lead++) {
        double uniform = random.nextDouble();
        gain[lead] = (float) Math.exp(disturbance.gain * (2 * uniform - 1));
      }
      float[] offsets = new float[width];
      for (int i = 0; disturbance.noise > 0 && i < width; i++) {
        offsets[i] = (float) (disturbance.noise * random.nextGaussian());
      }
      for (int t = 0; t < lengths[row]; t++) {
        int beat = cut.from + t;
        int at = t * n + row;
        labels[at] = Math.max(0, record.classes[beat]);
        weights[at] = record.classes[beat] < 0 ? 0 : record.weights[beat];
        System.arraycopy(record.features, beat * width, features, at * width, width);
        disturb(features, at * width, gain, offsets, noSecond);
      }
    }
    return SequenceBatch.ofFeatures(shape, width, features)
        .withTargets(new SequenceBatch.Targets(true, 1, new float[0], labels, weights));
  }

  private void disturb(float[] features, int at, float[] gain, float[] offsets, boolean noSecond) {
    if (!shuffled) {
      return;
    }
    for (int lead = 0; lead < BeatFeatures.LEADS; lead++) {
      int from = at + Rhythm.COUNT + lead * BeatFeatures.PER_LEAD;
      for (int i = BeatFeatures.MEASURES; i < BeatFeatures.PER_LEAD; i++) {
        features[from + i] *= gain[lead];
      }
    }
    for (int i = 0; i < BeatFeatures.COUNT; i++) {
      features[at + i] += offsets[i];
    }
    if (noSecond) {
      Arrays.fill(
          features, at + BeatFeatures.COUNT - BeatFeatures.PER_LEAD, at + BeatFeatures.COUNT, 0);
    }
  }

  @Override
  public int samples(SequenceBatch batch) {
    int beats = 0;
    for (int n = 0; n < batch.shape().batchSize(); n++) {
      beats += batch.shape().length(n);
    }
    return beats;
  }
}
