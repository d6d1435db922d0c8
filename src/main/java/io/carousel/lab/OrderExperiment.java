package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.report.LineChart;
import io.carousel.rnn.RecurrentState;
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
      Each sequence of two to ten symbols holds one A and one B among others drawn at random; the question \
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

  /** How far apart AB and BA are while they are read, as bags and as states. */
  private static LineChart readings(SequenceModel rnn) {
    int[] first = new int[STEPS];
    Arrays.fill(first, 2);
    int[] second = first.clone();
    first[2] = 0;
    first[7] = 1;
    second[2] = 1;
    second[7] = 0;
    double[] steps = IntStream.rangeClosed(1, STEPS).asDoubleStream().toArray();
    double[] states = new double[STEPS];
    double[] bags = new double[STEPS];
    for (int t = 1; t <= STEPS; t++) {
      int[] one = Arrays.copyOf(first, t);
      int[] other = Arrays.copyOf(second, t);
      states[t - 1] = distance(state(rnn, one), state(rnn, other));
      bags[t - 1] = distance(bag(one), bag(other));
    }
    return LineChart.titled("How far apart two sequences are while they are read")
        .note(
            "They differ in nothing but the places of A and B: the bags forget it, the states do"
                + " not.")
        .x("symbols read")
        .y("Euclidean distance")
        .line("bags", steps, bags)
        .line("states of the RNN", steps, states)
        .mark("A or B", 3, "1st")
        .mark("A or B", 8, "2nd");
  }

  private static double[] state(SequenceModel rnn, int... symbols) {
    double[] h = new double[HIDDEN];
    try (RecurrentState state = rnn.newState(1)) {
      rnn.predict(SequenceBatch.ofIds(PackedShape.dense(symbols.length, 1), symbols), state);
      rnn.queue().download(state.h(), h, 0);
    }
    return h;
  }

  private static double[] bag(int... symbols) {
    double[] counts = new double[SYMBOLS];
    Arrays.stream(symbols).forEach(symbol -> counts[symbol]++);
    return counts;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double median(List<double[]> results, int column) {
    return Scores.median(results.stream().mapToDouble(r -> r[column]).toArray());
  }

  /** A is 0, B is 1; label 0 when A is first. */
  private static SymbolSequences draw(int count, long seed, String part) {
    RandomStream random = new RandomStream(seed, "lab/order/" + part);
    int[][] sequences = new int[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      sequences[i] = new int[2 + random.nextInt(STEPS - 1)];
      Arrays.setAll(sequences[i], t -> 2 + random.nextInt(SYMBOLS - 2));
      int[] places = random.permutation(sequences[i].length);
      sequences[i][places[0]] = 0;
      sequences[i][places[1]] = 1;
      labels[i] = places[0] < places[1] ? 0 : 1;
    }
    return new SymbolSequences(SYMBOLS, sequences, labels);
  }
}
