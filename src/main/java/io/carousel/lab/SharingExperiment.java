package io.carousel.lab;

import io.carousel.data.BatchPlan;
import io.carousel.device.Activation;
import io.carousel.device.RandomStream;
import io.carousel.nn.LogisticLoss;
import io.carousel.optim.Adam;
import io.carousel.report.LineChart;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.SequenceTrainer;
import io.carousel.train.TrainerSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What sharing weights over time gives: a pattern that was learned at some places is known at all
 * others.
 */
final class SharingExperiment implements Experiment {
  /** Steps of the sequences to learn from, and of those to be judged by. */
  private static final int EARLY = 6;

  private static final int STEPS = 12;
  private static final int HIDDEN = 32;
  private static final double RATE = 0.005;
  private static final int BATCH = 50;
  private static final String EXPLANATION =
      """
      Sequences of the symbols A, B, C; after each symbol the question is whether the last two were \
      A and B. Training sequences have six symbols, new ones have twelve. A network with an input for \
      each symbol at each position, and an answer for each position, has separate weights for each: \
      those of the second half never saw a symbol, their answers are left out of the loss, and no \
      example can tell that AB there means what AB means here. A recurrent network applies the same W and U at every step: what it \
      learned at one place it knows at all (Rumelhart, Hinton, Williams 1986; Goodfellow, Bengio, \
      Courville 2016, chapter 10).

      Both networks learn from the same sequences. The figures are shares of right answers on new \
      ones with AB at a place in one half of them and BA in the other, so that 0.5 is guessing. \
      Weights are shared, states are not: a task that takes a longer memory than any training \
      sequence asked for is another question.\
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
    int epochs = setting.by(15, 20, 20);
    long[] seeds = setting.seeds();
    double[][] separate = new double[STEPS - 1][seeds.length];
    double[][] shared = new double[STEPS - 1][seeds.length];
    for (int s = 0; s < seeds.length; s++) {
      RandomStream random = new RandomStream(seeds[s], "lab/sharing");
      PairTags train = PairTags.draw(examples, EARLY, random);
      PairTags test = PairTags.draw(1000, STEPS, random);
      try (DenseNetwork positions =
              new DenseNetwork(setting.device(), seeds[s], STEPS * PairTags.SYMBOLS)
                  .linear(HIDDEN)
                  .activation(Activation.TANH)
                  .linear(STEPS);
          SequenceModel rnn =
              SequenceModel.around(Rnn.builder(PairTags.SYMBOLS, HIDDEN))
                  .embedding(PairTags.SYMBOLS)
                  .head(1)
                  .build(setting.device(), seeds[s])) {
        positions.teach(
            new FirstOutputs(new LogisticLoss(positions.pool(), EARLY, 1), EARLY),
            train.positions(STEPS),
            epochs,
            BATCH,
            RATE);
        new SequenceTrainer(SequenceObjective.logistic(rnn, 1), new Adam(rnn.parameters(), RATE))
            .settings(new TrainerSettings().epochs(epochs).clipNorm(1))
            .batchSize(BATCH)
            .fit(train, PairTags.draw(BATCH, EARLY, random));
        for (int place = 0; place < STEPS - 1; place++) {
          PairTags pairs = test.withPair(place);
          separate[place][s] = pairs.agreement(place + 1, answers(positions, pairs, place + 1));
          shared[place][s] = pairs.agreement(place + 1, answers(rnn, pairs, place + 1));
        }
      }
    }
    return judge(medians(separate), medians(shared));
  }

  private static double[] answers(DenseNetwork network, PairTags pairs, int step) {
    double[] all = network.predict(pairs.size(), pairs.positions(STEPS).inputs());
    double[] logits = new double[pairs.size()];
    Arrays.setAll(logits, i -> all[i * STEPS + step]);
    return logits;
  }

  private static double[] answers(SequenceModel rnn, PairTags pairs, int step) {
    float[] all = rnn.predict(pairs.batch(BatchPlan.inOrder(pairs.size())));
    double[] logits = new double[pairs.size()];
    Arrays.setAll(logits, i -> all[step * pairs.size() + i]);
    return logits;
  }

  private static double[] medians(double[][] byPlaceAndSeed) {
    return Arrays.stream(byPlaceAndSeed).mapToDouble(Scores::median).toArray();
  }

  private static Outcome judge(double[] separate, double[] shared) {
    Figures figures =
        Figures.of(
            "Right answers by the place of the pair, median of seeds",
            "places",
            "in training",
            "weights per position",
            "RNN");
    for (int place = 0; place < separate.length; place++) {
      figures.row(
          "%d and %d".formatted(place + 1, place + 2),
          place + 1 < EARLY ? "yes" : "no",
          separate[place],
          shared[place]);
    }
    double[] places = IntStream.rangeClosed(1, separate.length).asDoubleStream().toArray();
    return Outcome.explained(EXPLANATION)
        .figures(figures)
        .picture(
            LineChart.titled("Right answers by the place of the pair")
                .x("place of the pair's first symbol")
                .y("share of right answers")
                .line("weights per position", places, separate)
                .line("RNN", places, shared)
                .level("guessing", 0.5)
                .band("in training", 1, EARLY - 1))
        .check(
            Check.atLeast(
                "weights per position, worst place in training",
                least(separate, 0, EARLY - 1),
                0.95))
        .check(Check.atLeast("RNN, worst place in training", least(shared, 0, EARLY - 1), 0.99))
        .check(
            Check.within(
                "weights per position, mean of the places not in training",
                Arrays.stream(separate, EARLY - 1, separate.length).average().orElse(Double.NaN),
                0.4,
                0.6))
        .check(
            Check.atLeast(
                "RNN, worst place not in training", least(shared, EARLY - 1, shared.length), 0.99));
  }

  private static double least(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).min().orElse(Double.NaN);
  }
}
