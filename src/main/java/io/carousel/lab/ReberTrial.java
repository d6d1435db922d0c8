package io.carousel.lab;

import io.carousel.data.synthetic.EmbeddedReber;
import io.carousel.optim.Adam;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** An LSTM learns to predict the next symbol of embedded Reber strings. */
final class ReberTrial {
  private static final int UNITS = 16;
  private static final int BATCH = 16;
  private static final double RATE = 0.01;
  private static final int STRINGS = 1000;

  private ReberTrial() {}

  /**
   * Shares of strings that training did not draw.
   *
   * @param whole those at each step of which the legal next symbols are the most probable ones
   * @param lastButOne those whose last symbol but one, which repeats the second, is foretold
   */
  record Shares(double whole, double lastButOne) {}

  static Shares run(Setting setting, int steps, long seed) throws IOException {
    int symbols = EmbeddedReber.SYMBOLS.length();
    try (SequenceModel model =
        SequenceModel.around(Lstm.builder(symbols, UNITS).forgetBias(1))
            .embedding(symbols)
            .head(symbols)
            .build(setting.device(), seed)) {
      EmbeddedReber train = new EmbeddedReber(Integer.MAX_VALUE, 3 * seed);
      Lesson lesson = new Lesson(BATCH, steps, 500, 1, 0);
      lesson.teach(
          SequenceObjective.crossEntropy(model),
          new Adam(model.parameters(), RATE),
          train,
          new EmbeddedReber(100, 3 * seed + 1));
      Set<String> drawn = new HashSet<>();
      for (int i = 0; i < steps * BATCH; i++) {
        drawn.add(train.string(i));
      }
      return shares(model, new EmbeddedReber(Integer.MAX_VALUE, 3 * seed + 2), drawn);
    }
  }

  /** The short strings come so often that training has drawn nearly all of them: not these. */
  private static Shares shares(SequenceModel model, EmbeddedReber test, Set<String> drawn) {
    int n = STRINGS;
    int[] fresh =
        IntStream.range(0, test.size())
            .filter(i -> !drawn.contains(test.string(i)))
            .limit(n)
            .toArray();
    float[] logits = model.predict(test.batch(fresh));
    int whole = 0;
    int lastButOne = 0;
    for (int row = 0; row < n; row++) {
      List<String> legal = EmbeddedReber.legalNext(test.string(fresh[row]));
      boolean all = true;
      for (int t = 0; t < legal.size(); t++) {
        boolean right =
            isForetold(logits, (t * n + row) * EmbeddedReber.SYMBOLS.length(), legal.get(t));
        all &= right;
        lastButOne += right && t == legal.size() - 2 ? 1 : 0;
      }
      whole += all ? 1 : 0;
    }
    return new Shares((double) whole / n, (double) lastButOne / n);
  }

  /** Whether every legal symbol is more probable than every other one. */
  private static boolean isForetold(float[] logits, int offset, String legal) {
    double leastLegal = Double.POSITIVE_INFINITY;
    double mostOther = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < EmbeddedReber.SYMBOLS.length(); s++) {
      double logit = logits[offset + s];
      if (legal.indexOf(EmbeddedReber.SYMBOLS.charAt(s)) >= 0) {
        leastLegal = Math.min(leastLegal, logit);
      } else {
        mostOther = Math.max(mostOther, logit);
      }
    }
    return leastLegal > mostOther;
  }
}
