package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.RandomStream;
import io.carousel.report.LineChart;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What sharing weights over time gives: a pattern that was learned at some places is known at all
 * others.
 */
final class SharingExperiment implements Experiment {
  private static final int SYMBOLS = 4;
  private static final int STEPS = 12;
  private static final int A = 0;
  private static final int B = 1;

  /** The pattern's last place at the beginning, so that training ends half-way. */
  private static final int EARLY = 4;

  private static final int HIDDEN = 32;
  private static final String EXPLANATION =
      """
      Each sequence of twelve symbols holds either AB once or BA once, and no other A or B; the \
      question is which. In training the pair stands somewhere in the first half, never in the second. \
      A network with one input for each symbol at each position has separate weights for each \
      position: those of the second half never saw a pair, and no example can tell it that AB there \
      means what AB means here. A recurrent network applies the same W and U at every step: what it \
      learned at one place it knows at all (Rumelhart, Hinton, Williams 1986; Goodfellow, Bengio, \
      Courville 2016, chapter 10).

      Both networks learn from the same sequences; the figures are shares of right answers on new \
      ones, by the place of the pair.\
      """;

  @Override
  public String name() {
    return "sharing";
  }

  @Override
  public String question() {
    return "Is a pattern learned early in a sequence known later on?";
  }

  @Override
  public Outcome run(Setting setting) throws IOException {
    int examples = setting.by(2000, 5000, 20000);
    int perPlace = setting.by(500, 1000, 2000);
    int epochs = setting.by(15, 20, 20);
    long[] seeds = setting.seeds();
    double[][] separate = new double[STEPS - 1][seeds.length];
    double[][] shared = new double[STEPS - 1][seeds.length];
    for (int s = 0; s < seeds.length; s++) {
      RandomStream random = new RandomStream(seeds[s], "lab/sharing");
      SymbolSequences train = draw(examples, 0, EARLY, random);
      try (DenseNetwork positions =
              new DenseNetwork(setting.device(), seeds[s], STEPS * SYMBOLS)
                  .linear(HIDDEN)
                  .activation(Activation.TANH)
                  .linear(2);
          SequenceModel rnn =
              SymbolSequences.reader(setting, Rnn.builder(SYMBOLS, HIDDEN), SYMBOLS, 2, seeds[s])) {
        positions.teach(train.positions(STEPS), epochs, 50, 0.005);
        train.teach(rnn, epochs, 50, 0.005);
        for (int place = 0; place < STEPS - 1; place++) {
          SymbolSequences test = draw(perPlace, place, place, random);
          int[] answers = positions.answers(test.positions(STEPS));
          separate[place][s] = Scores.agreement(answers, test.labels());
          shared[place][s] = Scores.agreement(test.answers(rnn), test.labels());
        }
      }
    }
    return judge(medians(separate), medians(shared));
  }

  private static double[] medians(double[][] byPlaceAndSeed) {
    return Arrays.stream(byPlaceAndSeed).mapToDouble(Scores::median).toArray();
  }

  private static Outcome judge(double[] separate, double[] shared) {
    int late = EARLY + 2; // the first place whose two positions saw no pair in training
    Figures figures =
        Figures.of(
            "Right answers by the place of the pair, median of seeds",
            "place",
            "in training",
            "a weight per position",
            "RNN");
    for (int place = 0; place < separate.length; place++) {
      figures.row(place + 1, place <= EARLY ? "yes" : "no", separate[place], shared[place]);
    }
    double[] places = IntStream.rangeClosed(1, separate.length).asDoubleStream().toArray();
    return Outcome.explained(EXPLANATION)
        .figures(figures)
        .picture(
            LineChart.titled("Right answers by the place of the pair")
                .x("place of the pair's first symbol")
                .y("share of right answers")
                .line("a weight per position", places, separate)
                .line("RNN", places, shared)
                .level("guessing", 0.5)
                .band("in training", 1, EARLY + 1))
        .check(
            Check.atLeast("a weight per position, trained places", least(separate, 0, EARLY), 0.99))
        .check(Check.atLeast("RNN, trained places", least(shared, 0, EARLY), 0.99))
        .check(
            Check.within(
                "a weight per position, mean of new places",
                Arrays.stream(separate, late, separate.length).average().orElse(1),
                0.35,
                0.65))
        .check(Check.atLeast("RNN, worst new place", least(shared, late, shared.length - 1), 0.95));
  }

  private static double least(double[] values, int first, int last) {
    return Arrays.stream(values, first, last + 1).min().orElse(Double.NaN);
  }

  /**
   * Label 1: AB once, at a place from first to last. Label 0: BA at such a place, and no AB. All
   * other symbols are drawn at random, and so is the length.
   */
  private static SymbolSequences draw(int count, int first, int last, RandomStream random) {
    int[][] sequences = new int[count][];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(2);
      int place = first + random.nextInt(last - first + 1);
      int[] sequence = new int[place + 2 + random.nextInt(STEPS - place - 1)];
      do {
        Arrays.setAll(sequence, t -> random.nextInt(SYMBOLS));
        sequence[place] = labels[i] == 1 ? A : B;
        sequence[place + 1] = labels[i] == 1 ? B : A;
      } while (patterns(sequence) != labels[i]);
      sequences[i] = sequence;
    }
    return new SymbolSequences(SYMBOLS, sequences, labels);
  }

  private static int patterns(int... sequence) {
    return (int)
        IntStream.range(0, sequence.length - 1)
            .filter(t -> sequence[t] == A && sequence[t + 1] == B)
            .count();
  }
}
