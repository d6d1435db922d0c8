package io.carousel.task.translation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequencePairs;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.nn.LuongAttention;
import io.carousel.nn.Parameter;
import io.carousel.rnn.EncodedSource;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search against all that there is to be found, on a model small enough to try everything. */
class BeamSearchTest {
  private static final int START = 1;
  private static final int END = 2;
  private static final int VOCABULARY = 6; // 0 is forbidden, 3 to 5 are words
  private static final int[] LIMITS = {4, 3, 4, 2};
  private static final List<int[]> SOURCES =
      List.of(new int[] {3, 1, 4}, new int[] {2}, new int[] {4, 4, 0, 1, 3}, new int[] {0, 2});

  private Device device;
  private EncoderDecoder model;

  @BeforeEach
  void build() {
    device = Devices.open("reference");
    EncoderDecoderSpec spec =
        new EncoderDecoderSpec(
            Cell.LSTM, 5, VOCABULARY, 4, 6, 2, true, LuongAttention.Score.GENERAL, 0);
    model = new EncoderDecoder(spec, device, 11);
    for (Parameter parameter : model.parameters()) { // far from uniform, so that paths differ
      double[] values = parameter.download(model.queue());
      parameter.upload(model.queue(), Arrays.stream(values).map(v -> 4 * v).toArray());
    }
  }

  @AfterEach
  void close() {
    assertEquals(0, model.pool().lentCount(), "everything was given back");
    model.close();
    device.close();
  }

  private List<List<Hypothesis>> search(Beam beam, List<int[]> sources, int... limits) {
    return new BeamSearch(model, beam, START, END, 0, START)
        .search(SequencePairs.ids(sources), limits);
  }

  /** log P of a target and its end, one token after the other through the model. */
  private double logProbability(int[] source, int[] target) {
    double sum = 0;
    int before = START;
    try (EncodedSource encoded = model.encode(SequencePairs.ids(List.of(source)))) {
      for (int i = 0; i <= target.length; i++) {
        double[] log = next(encoded, before);
        before = i < target.length ? target[i] : END;
        sum += log[before];
      }
    }
    return sum;
  }

  private double[] next(EncodedSource encoded, int before) {
    SequenceBatch step = SequenceBatch.ofIds(PackedShape.dense(1, 1), new int[] {before});
    Matrix logits = model.decode(encoded, encoded.start(), step);
    double[] values = new double[VOCABULARY];
    model.queue().download(logits, values, 0);
    model.pool().release(logits);
    values[0] = Double.NEGATIVE_INFINITY;
    values[START] = Double.NEGATIVE_INFINITY;
    double normaliser = Math.log(Arrays.stream(values).map(Math::exp).sum());
    return Arrays.stream(values).map(v -> v - normaliser).toArray();
  }

  private static List<int[]> allTargets(int most) {
    List<int[]> all = new ArrayList<>(List.of(new int[0]));
    List<int[]> last = List.of(new int[0]);
    for (int length = 1; length <= most; length++) {
      List<int[]> longer = new ArrayList<>();
      for (int[] prefix : last) {
        for (int id = 3; id < VOCABULARY; id++) {
          int[] next = Arrays.copyOf(prefix, length);
          next[length - 1] = id;
          longer.add(next);
        }
      }
      all.addAll(longer);
      last = longer;
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.6, 1, 3})
  void aWideBeamFindsTheBestOfAll(double penalty) {
    Beam beam = new Beam(27, penalty);
    List<List<Hypothesis>> found = search(beam, SOURCES, LIMITS);
    for (int i = 0; i < SOURCES.size(); i++) {
      int[] source = SOURCES.get(i);
      // the last step of a limit is the end's
      int[] best =
          allTargets(LIMITS[i] - 1).stream()
              .max(
                  Comparator.comparingDouble(
                      t -> beam.score(logProbability(source, t), t.length + 1)))
              .orElseThrow();
      Hypothesis first = found.get(i).get(0);
      assertArrayEquals(best, first.ids(), "source " + i);
      double log = logProbability(source, best);
      // where the limit is reached the end is the only choice left, at its own price
      assertEquals(log, first.logProbability(), 1e-6); // logits come as floats
      assertEquals(beam.score(log, best.length + 1), first.score(), 1e-6);
    }
  }

  @Test
  void aBeamOfOneIsGreedy() {
    List<List<Hypothesis>> found = search(Beam.GREEDY, SOURCES, 9, 9, 9, 9);
    for (int i = 0; i < SOURCES.size(); i++) {
      List<Integer> said = new ArrayList<>();
      try (EncodedSource encoded = model.encode(SequencePairs.ids(List.of(SOURCES.get(i))))) {
        int before = START;
        while (said.size() < 8) {
          double[] log = next(encoded, before);
          before =
              IntStream.range(0, VOCABULARY)
                  .boxed()
                  .max(Comparator.comparingDouble(id -> log[id]))
                  .orElseThrow();
          if (before == END) {
            break;
          }
          said.add(before);
        }
      }
      assertEquals(1, found.get(i).size());
      assertArrayEquals(
          said.stream().mapToInt(Integer::intValue).toArray(), found.get(i).get(0).ids());
    }
  }

  @Test
  void sentencesDoNotDisturbEachOther() {
    Beam beam = new Beam(3, 0.6);
    List<List<Hypothesis>> together = search(beam, SOURCES, LIMITS);
    for (int i = 0; i < SOURCES.size(); i++) {
      List<Hypothesis> alone = search(beam, List.of(SOURCES.get(i)), LIMITS[i]).get(0);
      assertEquals(alone.size(), together.get(i).size());
      for (int k = 0; k < alone.size(); k++) {
        assertArrayEquals(alone.get(k).ids(), together.get(i).get(k).ids());
        assertEquals(alone.get(k).score(), together.get(i).get(k).score(), 1e-12);
      }
    }
  }

  @Test
  void thePenaltyIsThatOfWuAndOthers() {
    // ((5 + 7) / (5 + 1))^α
    assertEquals(-3, new Beam(2, 0).score(-3, 7), 0);
    assertEquals(-1.5, new Beam(2, 1).score(-3, 7), 1e-15);
    assertEquals(-3 / Math.pow(2, 0.6), new Beam(2, 0.6).score(-3, 7), 1e-15);
    Hypothesis terse = search(new Beam(27, 0), SOURCES, LIMITS).get(0).get(0);
    Hypothesis wordy = search(new Beam(27, 10), SOURCES, LIMITS).get(0).get(0);
    assertTrue(wordy.ids().length >= terse.ids().length);
    assertNotEquals(terse.score(), wordy.score());
    assertThrows(IllegalArgumentException.class, () -> new Beam(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Beam(1, Double.NaN));
  }

  @Test
  void alignmentsAreShares() {
    SequencePairs pair =
        new SequencePairs(List.of(SOURCES.get(2)), List.of(new int[] {3, 5}), START, END);
    double[][] weights = model.align(pair.batch(0));
    assertEquals(3, weights.length);
    for (double[] row : weights) {
      assertEquals(5, row.length);
      assertEquals(1, Arrays.stream(row).sum(), 1e-12);
    }
    assertThrows(IllegalArgumentException.class, () -> model.align(pair.batch(0, 0)));
  }
}
