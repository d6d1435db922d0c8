package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.synthetic.TemporalOrder;
import io.carousel.nn.Initializer;
import io.carousel.optim.Sgd;
import io.carousel.report.LineChart;
import io.carousel.rnn.Readout;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Pascanu, Mikolov, Bengio 2013: exploding gradients, and what clipping their norm does. */
final class ClippingExperiment implements Experiment {
  private static final int UNITS = 50;
  private static final int BATCH = 20;
  private static final double RATE = 0.02;
  private static final double GAIN = 1.1;
  private static final int EXAMPLES = 500;
  private static final String EXPLANATION =
      """
      Gradients that explode do so seldom and steeply: the loss has walls, and one step of plain \
      gradient descent at a wall throws the weights far away. Pascanu, Mikolov and Bengio (2013, \
      arXiv 1211.5063) keep the gradient's direction and bound its length, g ← g · min(1, 1/‖g‖).

      Their temporal order problem (from Hochreiter, Schmidhuber 1997): among T symbols c, d, e, f \
      there are two of A or B, one in the second tenth and one in the fifth; which two, in order, \
      is asked for at the end: four classes. The network has to hold the first one over the other and \
      both over half of the sequence.

      A tanh network of 50 units starts from an orthogonal matrix times 1.1, so that gradients can reach \
      far back and can explode. Both runs have the same start, the same examples and the same plain \
      gradient descent (batch 20, as in the paper); only clipping differs. Medians of three \
      networks, right answers on 500 examples that training never saw. The paper's lengths are 50 to 200; \
      --full has 100; at the 30 of --quick it may also go well without.\
      """;

  @Override
  public String name() {
    return "clipping";
  }

  @Override
  public String question() {
    return "What does bounding the gradient's norm change?";
  }

  /** One network. */
  private record Result(Lesson.Curve curve, double accuracy) {}

  @Override
  public Outcome run(Setting setting) throws IOException {
    int length = setting.by(30, 50, 100);
    int steps = setting.by(4000, 8000, 200_000);
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures figures =
        Figures.of(
            "Temporal order, T = %d, η = %s; medians of three networks".formatted(length, RATE),
            "gradient's norm",
            "steps made",
            "largest norm seen",
            "right answers",
            "diverged");
    LineChart norms =
        LineChart.titled("Gradient norms before clipping")
            .note("The largest norm of each 250 steps; first seed.")
            .x("step")
            .y("‖gradient‖")
            .logarithmicY()
            .level("bound", 1);
    LineChart losses = LineChart.titled("Validation loss").x("step").y("cross-entropy", "nats");
    for (boolean clipped : new boolean[] {true, false}) {
      String words = clipped ? "at most 1" : "not bounded";
      Lesson lesson = new Lesson(BATCH, steps, 250, clipped ? 1 : Double.POSITIVE_INFINITY, 0.02);
      long[] seeds = setting.seeds();
      Result[] results = new Result[seeds.length];
      for (int i = 0; i < seeds.length; i++) {
        results[i] = run(length, lesson, setting, seeds[i]);
      }
      double accuracy = median(results, Result::accuracy);
      double largest =
          median(results, r -> Arrays.stream(r.curve.norms()).max().orElse(Double.NaN));
      int diverged = (int) Arrays.stream(results).filter(r -> r.curve.diverged()).count();
      int made = (int) median(results, r -> r.curve.made());
      figures.row(words, made, largest, accuracy, diverged);
      norms.line(words, results[0].curve.steps(), results[0].curve.norms());
      losses.line(words, results[0].curve.steps(), results[0].curve.losses());
      if (clipped) {
        outcome.check(Check.atLeast("clipped: share of right answers", accuracy, 0.99));
      } else if (length >= 50) {
        outcome.check(Check.atMost("not clipped: share of right answers", accuracy, 0.9));
      }
    }
    return outcome.figures(figures).picture(norms).picture(losses);
  }

  private static double median(Result[] results, ToDoubleFunction<Result> figure) {
    return Scores.median(Arrays.stream(results).mapToDouble(figure).toArray());
  }

  private static Result run(int length, Lesson lesson, Setting setting, long seed)
      throws IOException {
    Rnn.Builder cell =
        Rnn.builder(TemporalOrder.SYMBOLS, UNITS)
            .inputInitializer(Initializer.normal(0.1))
            .recurrentInitializer(Initializer.orthogonal(GAIN));
    try (SequenceModel model =
        SequenceModel.around(cell)
            .readout(Readout.LAST_STATE)
            .head(TemporalOrder.CLASSES)
            .build(setting.device(), seed)) {
      Lesson.Curve curve =
          lesson.teach(
              SequenceObjective.crossEntropy(model),
              new Sgd(model.parameters(), RATE),
              new TemporalOrder(length, Integer.MAX_VALUE, 3 * seed),
              new TemporalOrder(length, EXAMPLES, 3 * seed + 1));
      return new Result(curve, accuracy(model, new TemporalOrder(length, EXAMPLES, 3 * seed + 2)));
    }
  }

  private static double accuracy(SequenceModel model, TemporalOrder test) {
    SequenceBatch batch = test.batch(IntStream.range(0, test.size()).toArray());
    float[] outputs = model.predict(batch);
    double[] logits = new double[outputs.length];
    Arrays.setAll(logits, i -> outputs[i]);
    return Scores.accuracy(logits, Objects.requireNonNull(batch.targets()).labels());
  }
}
