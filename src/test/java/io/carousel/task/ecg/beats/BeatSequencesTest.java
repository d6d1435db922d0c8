package io.carousel.task.ecg.beats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carousel.data.SequenceBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeatSequencesTest {
  /** The first feature of a beat tells which it is. */
  private static BeatSequences.Labelled record(int beats, int from) {
    float[] features = new float[beats * BeatFeatures.COUNT];
    int[] classes = new int[beats];
    float[] weights = new float[beats];
    for (int i = 0; i < beats; i++) {
      features[i * BeatFeatures.COUNT] = from + i;
      classes[i] = i % 5 - 1;
      weights[i] = 1 + i % 5;
    }
    return new BeatSequences.Labelled(features, classes, weights);
  }

  private static final List<BeatSequences.Labelled> RECORDS =
      List.of(record(103, 0), record(7, 1000), record(0, 2000), record(64, 3000));

  /** What comes in an epoch: each beat with its weight, and how often. */
  private static Map<Integer, Integer> beats(BeatSequences source, int epoch) {
    TreeMap<Integer, Integer> seen = new TreeMap<>();
    for (int b = 0; b < source.size(); b++) {
      SequenceBatch batch = source.batch(epoch, b);
      SequenceBatch.Targets targets = Objects.requireNonNull(batch.targets());
      float[] weights = Objects.requireNonNull(targets.weights());
      int n = batch.shape().batchSize();
      for (int row = 0; row < n; row++) {
        for (int t = 0; t < batch.shape().length(row); t++) {
          int at = t * n + row;
          int beat = Math.round(batch.features()[at * BeatFeatures.COUNT]);
          seen.merge(beat, 1, Integer::sum);
          int k = beat % 1000 % 5;
          assertEquals(k == 0 ? 0 : 1 + k, weights[at], "weight of beat " + beat);
          assertEquals(Math.max(0, k - 1), targets.labels()[at], "class of beat " + beat);
        }
      }
    }
    return seen;
  }

  @Test
  void everyBeatComesOnceAnEpochWhereverTheCutsFall() {
    BeatSequences shuffled =
        BeatSequences.shuffled(RECORDS, 16, 4, BeatSequences.Disturbance.NONE, 1);
    BeatSequences inOrder = BeatSequences.inOrder(RECORDS, 16, 4);
    Map<Integer, Integer> all = beats(inOrder, 1);
    assertEquals(103 + 7 + 64, all.size());
    assertEquals(List.of(1), all.values().stream().distinct().toList());
    assertEquals(all, beats(shuffled, 1));
    assertEquals(all, beats(shuffled, 2));
    assertFalse(
        Arrays.equals(shuffled.batch(1, 0).features(), shuffled.batch(2, 0).features()),
        "epochs differ");
  }

  @Test
  void disturbancesFollowFromTheSeed() {
    BeatSequences.Disturbance strong = new BeatSequences.Disturbance(0.5, 0.5, 0.5);
    BeatSequences one = BeatSequences.shuffled(RECORDS, 16, 4, strong, 1);
    float[] first = one.batch(3, 1).features();
    one.batch(4, 0);
    assertArrayEquals(first, one.batch(3, 1).features());
    BeatSequences again = BeatSequences.shuffled(RECORDS, 16, 4, strong, 1);
    assertArrayEquals(first, again.batch(3, 1).features());
    BeatSequences other = BeatSequences.shuffled(RECORDS, 16, 4, strong, 2);
    assertFalse(Arrays.equals(first, other.batch(3, 1).features()));
  }

  @Test
  void aMissingLeadIsMissingInAWholeSequence() {
    float[] features = new float[32 * BeatFeatures.COUNT];
    Arrays.fill(features, 1);
    BeatSequences.Labelled record =
        new BeatSequences.Labelled(features, new int[32], new float[32]);
    BeatSequences always =
        BeatSequences.shuffled(List.of(record), 64, 4, new BeatSequences.Disturbance(0.1, 0, 1), 1);
    SequenceBatch batch = always.batch(1, 0);
    int beats = 0;
    for (int i = 0; i < batch.features().length; i++) {
      int feature = i % BeatFeatures.COUNT;
      if (feature >= BeatFeatures.COUNT - BeatFeatures.PER_LEAD) {
        assertEquals(0, batch.features()[i]);
      }
      beats += feature == 0 && batch.features()[i] != 0 ? 1 : 0;
    }
    assertEquals(32, beats);
  }

  @Test
  void rareClassesWeighMoreAndNoRecordStandsForAClass() {
    int[] many = IntStream.range(0, 1000).map(i -> i < 900 ? 0 : 1).toArray();
    int[] few = IntStream.range(0, 100).map(i -> i < 90 ? 0 : i < 99 ? 1 : -1).toArray();
    TreeMap<String, BeatSequences.Labelled> records = new TreeMap<>();
    records.put("a", new BeatSequences.Labelled(new float[0], many, new float[1000]));
    records.put("b", new BeatSequences.Labelled(new float[0], few, new float[100]));
    List<BeatSequences.Labelled> weighted = new BeatWeights(0.5, 8).of(records);
    float[] a = weighted.get(0).weights();
    float[] b = weighted.get(1).weights();
    double rarity = Math.sqrt(990.0 / 109);
    double evened = Math.pow(100 / 54.5, -0.25);
    assertEquals(rarity * evened, a[950], 1e-5);
    assertEquals(rarity * Math.pow(9 / 54.5, -0.25), b[95], 1e-5);
    assertEquals(0, b[99]);
    assertEquals(2 * evened, new BeatWeights(0.5, 2).of(records).get(0).weights()[950], 1e-5);
  }
}
