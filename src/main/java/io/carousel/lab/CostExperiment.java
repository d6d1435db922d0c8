package io.carousel.lab;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.report.LineChart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/** How the time of a training pass of an LSTM grows with steps, sequences and units. */
final class CostExperiment implements Experiment {
  private static final String EXPLANATION =
      """
      With as many inputs as units, the products of an LSTM's forward pass over T steps of N \
      sequences with H units are 2·T·N·4H·(H + H) additions and multiplications: linear in T and N, \
      quadratic in H. The backward pass has twice as many: each product comes back as two, the \
      gradient of its input and of its weights. What is done element by element grows with T·N·H \
      only, and each step has a fixed cost; so time = a + bT, a + bN, a + bH + cH².

      Forward and backward are timed apart, in turns over all sizes so that a busy moment of the \
      machine does not fall on one size. The shortest of all turns counts, since what disturbs a \
      measurement makes it longer, never shorter. The formulas are \
      fitted by least squares; r² is the share of the variance that they explain. On the CPU one \
      thread computes.\
      """;

  private static final int FEWEST_TURNS = 5;

  private final double patience;

  CostExperiment() {
    this(1);
  }

  /** With a multiple of the usual time to measure. */
  CostExperiment(double patience) {
    this.patience = patience;
  }

  @Override
  public String name() {
    return "cost";
  }

  @Override
  public String question() {
    return "How does training time grow with T, N and H?";
  }

  /** One quantity that is varied while the others stay. */
  private record Sweep(String letter, String words, int degree, int[] sizes) {
    double[] x() {
      return Arrays.stream(sizes).asDoubleStream().toArray();
    }

    String formula() {
      return degree == 1 ? "a + b" + letter : "a + b%s + c%s²".formatted(letter, letter);
    }
  }

  @Override
  public Outcome run(Setting setting) {
    double seconds = patience * setting.by(1.2, 10.0, 60.0);
    int steps = 20;
    int batch = 16;
    int hidden = 64;
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures figures =
        Figures.of(
            "Shortest passes and fitted formulas",
            "pass",
            "varied",
            "formula",
            "shortest, ms",
            "longest, ms",
            "r²",
            "GFLOP/s at the longest");
    Device device = setting.device();
    try (Device single = Devices.open(device.name(), DeviceOptions.DEFAULT.withThreads(1))) {
      measure(
          new Sweep("T", "steps", 1, new int[] {10, 20, 30, 40, 50, 60}),
          t -> new PassTimer(single, t, batch, hidden),
          seconds,
          figures,
          outcome);
      measure(
          new Sweep("N", "sequences", 1, new int[] {8, 16, 24, 32, 40, 48}),
          n -> new PassTimer(single, steps, n, hidden),
          seconds,
          figures,
          outcome);
      measure(
          new Sweep("H", "units", 2, new int[] {32, 64, 96, 128, 160, 192}),
          h -> new PassTimer(single, steps / 2, batch, h),
          seconds,
          figures,
          outcome);
    }
    return outcome.figures(figures);
  }

  private static void measure(
      Sweep sweep, IntFunction<PassTimer> timer, double seconds, Figures figures, Outcome outcome) {
    List<PassTimer> timers = new ArrayList<>();
    try {
      for (int size : sweep.sizes) {
        timers.add(timer.apply(size));
      }
      inTurns(timers, seconds / 3, 1); // warm-up: the JVM compiles, a GPU records its passes
      timers.forEach(PassTimer::reset);
      inTurns(timers, seconds, 3);
      LineChart chart =
          LineChart.titled("Time of a pass by " + sweep.words)
              .note("Dashed: the formula, fitted.")
              .x(sweep.letter + ", " + sweep.words)
              .y("time", "ms");
      judge(sweep, "forward", timers, PassTimer::forward, 1, figures, chart, outcome);
      judge(sweep, "backward", timers, PassTimer::backward, 2, figures, chart, outcome);
      outcome.picture(chart);
    } finally {
      timers.forEach(PassTimer::close);
    }
  }

  /**
   * Measures for a while, and on for at most so many times as long until none of the shortest times
   * became shorter in the latest half of the turns: on a busy machine it takes longer to catch each
   * size undisturbed.
   */
  private static void inTurns(List<PassTimer> timers, double seconds, int longest) {
    long start = System.nanoTime();
    int turns = 0;
    int latestGain = 0;
    double elapsed = 0;
    while (turns < FEWEST_TURNS
        || elapsed < seconds
        || (latestGain > turns / 2 && elapsed < longest * seconds)) {
      turns++;
      boolean gained = false;
      for (PassTimer timer : timers) {
        gained |= timer.measure();
      }
      latestGain = gained ? turns : latestGain;
      elapsed = (System.nanoTime() - start) * 1e-9;
    }
  }

  private static void judge(
      Sweep sweep,
      String pass,
      List<PassTimer> timers,
      ToDoubleFunction<PassTimer> time,
      int forwards,
      Figures figures,
      LineChart chart,
      Outcome outcome) {
    double[] milliseconds = timers.stream().mapToDouble(t -> 1e3 * time.applyAsDouble(t)).toArray();
    PolynomialFit fit = PolynomialFit.of(sweep.degree, sweep.x(), milliseconds);
    int last = timers.size() - 1;
    figures.row(
        pass,
        sweep.letter,
        sweep.formula(),
        milliseconds[0],
        milliseconds[last],
        fit.r2(),
        forwards * timers.get(last).forwardFlop() / milliseconds[last] * 1e-6);
    chart.line(pass, sweep.x(), milliseconds);
    chart.dashed(pass + ", " + sweep.formula(), sweep.x(), fit.at(sweep.x()));
    outcome.json(pass + "MillisecondsBy" + sweep.letter, milliseconds);
    outcome.json(pass + "FitBy" + sweep.letter, fit.coefficients());
    outcome.check(Check.atLeast("r² of %s, %s".formatted(pass, sweep.formula()), fit.r2(), 0.98));
  }
}
