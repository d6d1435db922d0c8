package io.carousel.task.translation;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.rnn.EncodedSource;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.RecurrentState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Searches the likeliest targets of a batch of sources, step by step, with the same number of
 * hypotheses for each. A source is done when as many hypotheses have ended as the beam is wide, or
 * when none that goes on can beat the best one any more. Probabilities are those of the ids that
 * may be said: the forbidden ones are left out before the softmax.
 */
final class BeamSearch {
  private final EncoderDecoder model;
  private final Beam beam;
  private final int start;
  private final int end;
  private final int[] forbidden;

  /**
   * A search.
   *
   * @param start id that the decoder reads first
   * @param end id that ends a target
   * @param forbidden ids that are never said
   */
  BeamSearch(EncoderDecoder model, Beam beam, int start, int end, int... forbidden) {
    this.model = model;
    this.beam = beam;
    this.start = start;
    this.end = end;
    this.forbidden = forbidden;
  }

  /** The hypotheses of one source. */
  private final class Search {
    final int maximum;
    final List<Hypothesis> ended = new ArrayList<>();
    int[][] prefixes = {{}};
    double[] logProbabilities = {0};
    int[] parents = {0};
    boolean done;

    Search(int maximum) {
      this.maximum = maximum;
    }

    /** What hypothesis k said last; anything where there is no such hypothesis. */
    int lastId(int k) {
      int[] prefix = k < prefixes.length ? prefixes[k] : new int[0];
      return prefix.length == 0 ? start : prefix[prefix.length - 1];
    }

    /** Which hypothesis k goes on from. */
    int parent(int k) {
      return k < parents.length ? parents[k] : k;
    }

    /** Extends hypothesis k by the logits that start at {@code first + k · stride}. */
    void extend(float[] logits, int first, int stride, int vocabulary, int length) {
      Candidates best = new Candidates(2 * beam.width());
      boolean last = length >= maximum;
      for (int row = 0; row < prefixes.length; row++) {
        int offset = first + row * stride;
        forbidden(logits, offset);
        double base = logProbabilities[row] - logNormaliser(logits, offset, vocabulary);
        if (last) {
          best.offer(base + logits[offset + end], row, end);
        } else {
          for (int id = 0; id < vocabulary; id++) {
            best.offer(base + logits[offset + id], row, id);
          }
        }
      }
      follow(best, length);
    }

    private void follow(Candidates best, int length) {
      int[][] next = new int[beam.width()][];
      double[] nextLog = new double[beam.width()];
      int[] nextParents = new int[beam.width()];
      int live = 0;
      for (int rank = 0; rank < best.size && live < beam.width(); rank++) {
        double logProbability = best.values[rank];
        int[] prefix = prefixes[best.rows[rank]];
        if (best.ids[rank] != end) {
          next[live] = Arrays.copyOf(prefix, prefix.length + 1);
          next[live][prefix.length] = best.ids[rank];
          nextLog[live] = logProbability;
          nextParents[live++] = best.rows[rank];
        } else if (rank < beam.width()) {
          ended.add(new Hypothesis(prefix, logProbability, beam.score(logProbability, length)));
        }
      }
      prefixes = Arrays.copyOf(next, live);
      logProbabilities = Arrays.copyOf(nextLog, live);
      parents = Arrays.copyOf(nextParents, live);
      ended.sort(Comparator.comparingDouble(Hypothesis::score).reversed()); // stable
      done = live == 0 || ended.size() >= beam.width() || isBeyondReach();
    }

    /** The best that may still come: no further loss of probability, at the greatest length. */
    private boolean isBeyondReach() {
      return !ended.isEmpty() && ended.get(0).score() >= beam.score(logProbabilities[0], maximum);
    }
  }

  /**
   * Translates.
   *
   * @param sources N sequences of ids
   * @param maximum for each the most ids of its target, the end included
   * @return for each its hypotheses, best first, at least one
   */
  List<List<Hypothesis>> search(SequenceBatch sources, int[] maximum) {
    int width = beam.width();
    int n = sources.shape().batchSize();
    int vocabulary = model.spec().targetVocabulary();
    List<Search> searches = new ArrayList<>();
    for (int limit : maximum) {
      searches.add(new Search(limit));
    }
    float[] logits = new float[Math.multiplyExact(n * width, vocabulary)];
    int[] rows = new int[n * width]; // hypothesis k of source i is row k · N + i
    Arrays.setAll(rows, row -> row % n);
    try (EncodedSource source = model.encode(sources)) {
      RecurrentState state = source.start().gather(model.queue(), rows);
      try {
        for (int length = 1; searches.stream().anyMatch(s -> !s.done); length++) {
          step(source, state, searches, logits);
          for (int i = 0; i < n; i++) {
            if (!searches.get(i).done) {
              searches.get(i).extend(logits, i * vocabulary, n * vocabulary, vocabulary, length);
            }
          }
          Arrays.setAll(rows, row -> searches.get(row % n).parent(row / n) * n + row % n);
          RecurrentState next = state.gather(model.queue(), rows);
          state.close();
          state = next;
        }
      } finally {
        state.close();
      }
    }
    return searches.stream().map(s -> s.ended).toList();
  }

  /** logits ← what comes after the last id of each hypothesis. */
  private void step(
      EncodedSource source, RecurrentState state, List<Search> searches, float[] logits) {
    int[] ids = new int[state.batchSize()];
    int n = searches.size();
    Arrays.setAll(ids, row -> searches.get(row % n).lastId(row / n));
    SequenceBatch step = SequenceBatch.ofIds(PackedShape.dense(1, ids.length), ids);
    Matrix output = model.decode(source, state, step);
    try {
      model.queue().download(output, logits, 0);
    } finally {
      model.pool().release(output);
    }
  }

  private void forbidden(float[] logits, int offset) {
    for (int id : forbidden) {
      logits[offset + id] = Float.NEGATIVE_INFINITY;
    }
  }

  /** log Σ exp of a row. */
  private static double logNormaliser(float[] logits, int offset, int count) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, logits[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(logits[offset + i] - largest);
    }
    return largest + Math.log(sum);
  }

  /** The best so many, in descending order; of equal ones the first offered comes first. */
  private static final class Candidates {
    final double[] values;
    final int[] rows;
    final int[] ids;
    int size;

    Candidates(int most) {
      values = new double[most];
      rows = new int[most];
      ids = new int[most];
    }

    void offer(double value, int row, int id) {
      if (value == Double.NEGATIVE_INFINITY
          || (size == values.length && value <= values[size - 1])) {
        return;
      }
      int at = size < values.length ? size++ : size - 1;
      for (; at > 0 && values[at - 1] < value; at--) {
        values[at] = values[at - 1];
        rows[at] = rows[at - 1];
        ids[at] = ids[at - 1];
      }
      values[at] = value;
      rows[at] = row;
      ids[at] = id;
    }
  }
}
