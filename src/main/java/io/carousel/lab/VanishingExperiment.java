package io.carousel.lab;

import io.carousel.report.HeatMap;
import io.carousel.report.LineChart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Which random networks forget and which explode: a map over cells, widths and weight scales. */
final class VanishingExperiment implements Experiment {
  private static final int MOST_SILENT = 8;
  private static final String EXPLANATION =
      """
      The gradient that reaches a state k steps back is multiplied by ∂s_t/∂s_{t-k}, a product of k \
      Jacobians. It shrinks or grows like e^(λk): vanishing or exploding gradients (Hochreiter 1991; \
      Bengio, Simard, Frasconi 1994; Pascanu, Mikolov, Bengio 2013). Which of the two is no matter \
      of the cell alone. The map shows λ, the median of ten random networks, driven by random \
      inputs, for recurrent weights of standard deviation σ; in a network of n units σ√n = g is \
      what counts, as a sum of n terms grows with √n.

      Theory for wide networks: a change of the state is multiplied by g² E f′² in the mean square, \
      λ = ½ ln(g² E f′(a)²). For ReLU half of the units are on, λ = ½ ln(g²/2): at σ = 1/√n it \
      still shrinks. tanh and sigmoid saturate when the state grows, so the spread of the \
      pre-activations a is solved for first. A sigmoid's slope is at most 1/4. LSTM (forget bias 1) \
      and GRU keep a share of the state by their gates and follow the same calculation with one \
      term per gate (Chen, Pennington, Schoenholz 2018), in two limits: hops by W that are \
      independent from step to step, and, as W stays the same, hops that add up, \
      λ = ln(mean gate + g · mean gain). Both leave out terms that only add, so the larger one counts.

      One unit is different. With tanh or sigmoid s_t is monotonic in s_{t-k} and bounded, so \
      the slope's mean over all starts is at most the image's length through the interval's: it can \
      never grow, whatever w. ReLU multiplies by w or 0, and most w ~ N(0, 1) lie below 1. So \
      σ = 1 vanishes at width 1 and explodes at width 100. For one LSTM or GRU unit the mean square is a \
      bound (Jensen), which tells where it is below 1. ReLU with W = I (Le, Jaitly, Hinton 2015) and \
      units that are on (no inputs here) keeps the norm exactly at 1; gI gives gᵏ.

      Where theory gives no sign a cell is left out, with the reason: |λ| < 0.05 per step, or only \
      the second limit grows (critical), more than a fifth of single ReLU weights above 1, a bound that \
      is silent. Pascanu's bound: with γ the steepest slope of f, \
      ‖∂s_t/∂s_{t-k}‖ ≤ (γ σ_max(W))ᵏ, so σ_max < 1/γ must vanish.\
      """;

  @Override
  public String name() {
    return "vanishing";
  }

  @Override
  public String question() {
    return "Which networks forget, which explode, and does theory know?";
  }

  /** A column of the map. */
  private record Place(int units, double g, String scale) {}

  private static List<Place> places(int... widths) {
    List<Place> places = new ArrayList<>();
    for (int n : widths) {
      String root = n == 1 ? "" : "/√" + n;
      places.add(new Place(n, 0.4, "0.4" + root));
      places.add(new Place(n, 1, "1" + root));
      places.add(new Place(n, 3, "3" + root));
      if (n > 1) {
        places.add(new Place(n, Math.sqrt(n), "1"));
      }
    }
    return places;
  }

  /** What is gathered over all cells of the map. */
  private static final class Tally {
    int wrong;
    int silent;
    int contracting;
    double excess = Double.NEGATIVE_INFINITY;
    double contractingRate = Double.NEGATIVE_INFINITY;
    double kept;
  }

  @Override
  public Outcome run(Setting setting) {
    int[] widths = setting.by(new int[] {1, 32}, new int[] {1, 32, 100}, new int[] {1, 32, 256});
    List<Place> places = places(widths);
    VanishingCell[] kinds = VanishingCell.values();
    RegimeMap map = new RegimeMap(setting.device(), setting.seed());
    Outcome outcome = Outcome.explained(EXPLANATION);
    Figures leftOut = Figures.of("Left out", "cell", "units", "σ", "why", "measured λ");
    double[][] rates = new double[kinds.length][places.size()];
    Tally tally = new Tally();
    LineChart chart =
        LineChart.titled("Norm of ∂s_t/∂s_{t-k} against the lag")
            .note(
                "λ is the slope. σ = 1/√n (W = I of the identity network), n = "
                    + widths[widths.length - 1])
            .x("lag k", "steps")
            .y("ln ‖∂s_t/∂s_{t-k}‖, median");
    String[][] shown = new String[kinds.length][places.size()];
    for (int row = 0; row < kinds.length; row++) {
      for (int column = 0; column < places.size(); column++) {
        Place place = places.get(column);
        RegimeMap.Cell cell = map.cell(kinds[row], place.units, place.g);
        rates[row][column] = cell.rate();
        shown[row][column] = enter(kinds[row], place, cell, leftOut, tally);
        if (place.g == 1 && place.units == widths[widths.length - 1]) {
          double[] lags = Arrays.stream(RegimeMap.LAGS).asDoubleStream().toArray();
          chart.line(kinds[row].words, lags, cell.logNorms());
        }
      }
    }
    for (int n : widths) {
      outcome.figures(table(n, kinds, places, shown));
    }
    outcome.json("rates", rates);
    outcome.figures(leftOut).picture(picture(kinds, places, rates)).picture(chart);
    return judge(outcome, tally);
  }

  /** What was measured and, in brackets, expected, of the networks of one width. */
  private static Figures table(
      int units, VanishingCell[] kinds, List<Place> places, String[][] shown) {
    List<Integer> columns =
        IntStream.range(0, places.size())
            .filter(i -> places.get(i).units == units)
            .boxed()
            .toList();
    List<String> headings = new ArrayList<>(List.of("cell"));
    columns.forEach(i -> headings.add("σ = " + places.get(i).scale));
    String caption = "λ in nats per step (theory), median of ten networks, n = " + units;
    Figures table = Figures.of(caption, headings.toArray(new String[0]));
    for (int row = 0; row < kinds.length; row++) {
      List<String> cells = new ArrayList<>(List.of(kinds[row].words));
      for (int column : columns) {
        cells.add(shown[row][column]);
      }
      table.row(cells.toArray());
    }
    return table;
  }

  /** Judges a cell of the map; gives the words for it. */
  private static String enter(
      VanishingCell kind, Place place, RegimeMap.Cell cell, Figures leftOut, Tally tally) {
    VanishingCell.Theory theory = kind.theory(place.units, place.g);
    boolean right = true;
    if (!theory.silent().isEmpty()) {
      tally.silent++;
      leftOut.row(kind.words, place.units, place.scale, theory.silent(), cell.rate());
    } else if (theory.sign() == 0) {
      double off = Arrays.stream(cell.logNorms()).map(Math::abs).max().orElse(Double.NaN);
      tally.kept = Math.max(tally.kept, off);
    } else {
      right = Math.signum(cell.rate()) == theory.sign();
      tally.wrong += right ? 0 : 1;
    }
    tally.excess = Math.max(tally.excess, cell.excess());
    tally.contracting += cell.contracting();
    tally.contractingRate = Math.max(tally.contractingRate, cell.contractingRate());
    String rate =
        Double.isInfinite(cell.rate()) ? "-∞" : String.format(Locale.ROOT, "%.2f", cell.rate());
    return "%s (%s)%s".formatted(rate, theory.shown(), right ? "" : " WRONG");
  }

  private static HeatMap picture(VanishingCell[] kinds, List<Place> places, double[][] rates) {
    return HeatMap.titled("Regimes: growth of ∂s_t/∂s_{t-k} with the lag")
        .note("Blue vanishes, orange explodes. An exact zero counts as -2.")
        .x("units: standard deviation of weights", names(places))
        .y("cell", Arrays.stream(kinds).map(kind -> kind.words).toList())
        .values(
            "λ, nats per step",
            Arrays.stream(rates)
                .map(row -> Arrays.stream(row).map(x -> Math.max(x, -2)).toArray())
                .toArray(double[][]::new))
        .range(-2, 2)
        .diverging(0)
        .written(2);
  }

  private static List<String> names(List<Place> places) {
    return places.stream().map(place -> place.units + ": " + place.scale).toList();
  }

  private static Outcome judge(Outcome outcome, Tally tally) {
    return outcome
        .check(Check.atMost("cells whose sign is not theory's", tally.wrong, 0))
        .check(Check.atMost("cells for which theory gives no sign", tally.silent, MOST_SILENT))
        .check(Check.atMost("ReLU, W = I: largest |ln norm|, all lags", tally.kept, 1e-5))
        .check(Check.atMost("ln norm above k·ln(γσ_max), any network", tally.excess, 1e-2))
        .check(Check.atLeast("networks with γσ_max < 1", tally.contracting, 1))
        .check(Check.atMost("their largest λ", tally.contractingRate, 0));
  }
}
