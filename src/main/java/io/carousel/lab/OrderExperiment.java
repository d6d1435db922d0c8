package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.report.LineChart;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which of two symbols came first: a task whose whole answer is in the order. */
final class OrderExperiment implements Experiment {
  private static final int SYMBOLS = 8;
  private static final int STEPS = 10;
  private static final int HIDDEN = 32;
  private static final String EXPLANATION =
      """
      Each sequence of ten symbols holds one A and one B among others drawn at random; the question \
      is which of the two came first. A bag of inputs counts how often each symbol occurs and hands \
      the counts to a network with a hidden layer. However large that network is, a sequence and its \
      reverse are the same bag with opposite answers: of each such pair it gets exactly one right. \
      A recurrent network reads symbol by symbol, h ← tanh(Wx + Uh + b), and its state may be \
      another one after AB than after BA (Elman 1990).

      Both learn from the same sequences and are judged on new ones. Attention alone is a bag in this \
      sense too, which is why it needs positions among its inputs (Vaswani et al. 2017, section 3.5).\
      """;

  @Override
  public String name() {
    return "order";
  }

  @Override
  public String question() {
    return "Can a network without memory tell which symbol came first?";
  }

  @Override
  public Outcome run(Setting setting) throws IOException {
    int examples = setting.by(2000, 5000, 20000);
    int epochs = setting.by(10, 20, 20);
    Figures figures =
        Figures.of(
            "Right answers on %d new sequences, learned from %d".formatted(examples, examples),
            "seed",
            "bag",
            "RNN",
            "bag: same answer to the reverse",
            "RNN: same answer to the reverse");
    Outcome outcome = Outcome.explained(EXPLANATION).figures(figures);
    List<double[]> results = new ArrayList<>();
    for (long seed : setting.seeds()) {
      SymbolSequences train = draw(examples, seed, "train");
      SymbolSequences test = draw(examples, seed, "test");
      double[] result = new double[4];
      try (DenseNetwork bag =
          new DenseNetwork(setting.device(), seed, SYMBOLS)
              .linear(HIDDEN)
              .activation(Activation.TANH)
              .linear(2)) {
        bag.teach(train.bags(), epochs, 50, 0.005);
        int[] answers = bag.answers(test.bags());
        result[0] = Scores.agreement(answers, test.labels());
        result[2] = Scores.agreement(answers, bag.answers(test.reversed().bags()));
      }
      try (SequenceModel rnn =
          SymbolSequences.reader(setting, Rnn.builder(SYMBOLS, HIDDEN), SYMBOLS, 2, seed)) {
        train.teach(rnn, epochs, 50, 0.005);
        int[] answers = test.answers(rnn);
        result[1] = Scores.agreement(answers, test.labels());
        if (results.isEmpty()) {
          outcome.picture(readings(rnn));
        }
        result[3] = Scores.agreement(answers, test.reversed().answers(rnn));
      }
      figures.row(seed, result[0], result[1], result[2], result[3]);
      results.add(result);
    }
    return outcome
        .check(Check.within("bag, median of seeds", median(results, 0), 0.45, 0.55))
        .check(Check.atLeast("RNN, median of seeds", median(results, 1), 0.99))
        .check(Check.atLeast("bag: same answer to the reverse, median", median(results, 2), 1));
  }

  /** What the network would answer after each symbol of two sequences, from their beginnings. */
  private static LineChart readings(SequenceModel rnn) {
    int first = 3;
    int second = 8;
    double[] steps = IntStream.rangeClosed(1, STEPS).asDoubleStream().toArray();
    return LineChart.titled("What the RNN would answer after each symbol")
        .note("Two sequences that differ in nothing but the places of A and B.")
        .x("symbols read")
        .y("probability of \"A first\"")
        .line("A, then B", steps, reading(rnn, first, second))
        .line("B, then A", steps, reading(rnn, second, first))
        .mark("A or B", first, "1st")
        .mark("A or B", second, "2nd");
  }

  private static double[] reading(SequenceModel rnn, int placeOfA, int placeOfB) {
    double[] probabilities = new double[STEPS];
    for (int length = 1; length <= STEPS; length++) {
      int[] prefix = new int[length];
      Arrays.fill(prefix, 2);
      if (placeOfA <= length) {
        prefix[placeOfA - 1] = 0;
      }
      if (placeOfB <= length) {
        prefix[placeOfB - 1] = 1;
      }
      float[] logits = rnn.predict(SequenceBatch.ofIds(PackedShape.dense(length, 1), prefix));
      probabilities[length - 1] = 1 / (1 + Math.exp(logits[1] - logits[0]));
    }
    return probabilities;
  }

  private static double median(List<double[]> results, int column) {
    return Scores.median(results.stream().mapToDouble(r -> r[column]).toArray());
  }

  /** A is 0, B is 1; label 0 when A is first. */
  private static SymbolSequences draw(int count, long seed, String part) {
    RandomStream random = new RandomStream(seed, "lab/order/" + part);
    int[][] sequences = new int[count][STEPS];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      Arrays.setAll(sequences[i], t -> 2 + random.nextInt(SYMBOLS - 2));
      int[] places = random.permutation(STEPS);
      sequences[i][places[0]] = 0;
      sequences[i][places[1]] = 1;
      labels[i] = places[0] < places[1] ? 0 : 1;
    }
    return new SymbolSequences(SYMBOLS, sequences, labels);
  }
}
