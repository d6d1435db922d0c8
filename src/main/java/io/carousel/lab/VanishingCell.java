package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.nn.Initializer;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import java.util.Locale;

/** The networks of the experiment {@code vanishing}, and what theory says of each. */
enum VanishingCell {
  TANH("tanh"),
  SIGMOID("sigmoid"),
  RELU("ReLU"),
  RELU_IDENTITY("ReLU, W = gI"),
  LSTM("LSTM"),
  GRU("GRU");

  /** Features of the inputs, which are ~ N(0, 1). */
  static final int INPUTS = 4;

  /** Variance of what the inputs add to a pre-activation. */
  static final double INPUT_VARIANCE = 0.25;

  private static final double FORGET_BIAS = 1;

  /** Rates nearer to 0 have no sign that ten networks of a hundred units would show. */
  private static final double CRITICAL = 0.05;

  final String words;

  VanishingCell(String words) {
    this.words = words;
  }

  /**
   * What theory says.
   *
   * @param rate nats per step, NaN where only the sign is known
   * @param sign of the rate, -1, 0 or 1
   * @param silent why the sign is not told, empty where it is
   */
  record Theory(double rate, int sign, String silent) {
    static Theory ofRate(double rate) {
      String silent = Math.abs(rate) < CRITICAL ? "critical" : "";
      return new Theory(rate, (int) Math.signum(rate), silent);
    }

    /**
     * Of two limits, each of which leaves something out, the larger one; it grows for sure where
     * the first one does.
     */
    static Theory ofLarger(MeanField.Gated limits) {
      double rate = Math.max(limits.independent(), limits.frozen());
      boolean tells = limits.independent() > CRITICAL || rate < -CRITICAL;
      String silent =
          String.format(
              Locale.ROOT, "critical: limits %.2f and %.2f", limits.independent(), limits.frozen());
      return new Theory(rate, (int) Math.signum(rate), tells ? "" : silent);
    }

    static Theory vanishes() {
      return new Theory(Double.NaN, -1, "");
    }

    /** As a table shows it. */
    String shown() {
      if (!silent.isEmpty()) {
        return "?";
      }
      return Double.isNaN(rate)
          ? (sign < 0 ? "< 0" : "> 0")
          : String.format(Locale.ROOT, "%.2f", rate);
    }
  }

  boolean isRnn() {
    return this != LSTM && this != GRU;
  }

  /** Of a plain network. */
  Activation function() {
    return switch (this) {
      case SIGMOID -> Activation.SIGMOID;
      case RELU, RELU_IDENTITY -> Activation.RELU;
      default -> Activation.TANH;
    };
  }

  /** The network with recurrent weights ~ N(0, g²/n), or gI. */
  RecurrentLayer.Builder<?, ?> builder(int units, double g) {
    RecurrentLayer.Builder<?, ?> builder =
        switch (this) {
          case LSTM -> Lstm.builder(INPUTS, units).forgetBias(FORGET_BIAS);
          case GRU -> Gru.builder(INPUTS, units).bias(false);
          default -> Rnn.builder(INPUTS, units).bias(false).activation(function());
        };
    boolean identity = this == RELU_IDENTITY;
    double input = identity ? 0 : Math.sqrt(INPUT_VARIANCE / INPUTS); // so that units stay on
    Initializer random = Initializer.normal(g / Math.sqrt(units));
    return builder
        .inputInitializer(Initializer.normal(input))
        .recurrentInitializer(identity ? Initializer.identity(g) : random);
  }

  /** Whether changes of the state grow, and how fast. */
  Theory theory(int units, double g) {
    if (this == RELU_IDENTITY) {
      return new Theory(Math.log(g), (int) Math.signum(Math.log(g)), "");
    }
    if (units == 1) {
      return ofOneUnit(g);
    }
    return isRnn()
        ? Theory.ofRate(MeanField.ofRnn(function(), g, INPUT_VARIANCE))
        : Theory.ofLarger(gated(g));
  }

  private MeanField.Gated gated(double g) {
    return this == LSTM
        ? MeanField.ofLstm(g, INPUT_VARIANCE, FORGET_BIAS, 1)
        : MeanField.ofGru(g, INPUT_VARIANCE, 1);
  }

  private Theory ofOneUnit(double w) {
    if (this == TANH || this == SIGMOID) {
      return Theory.vanishes(); // s' is monotonic in s and bounded
    }
    if (this == RELU) {
      double share = upperTail(1 / w);
      String silent = String.format(Locale.ROOT, "%.0f %% of weights exceed 1", 100 * share);
      return new Theory(Double.NaN, -1, share > 0.2 ? silent : "");
    }
    boolean tells = gated(w).independent() < -CRITICAL;
    String silent = tells ? "" : "the mean square is above 1, and only a bound";
    return new Theory(Double.NaN, -1, silent);
  }

  /** P(z > x) of a standard normal z, x ≥ 0, by the trapezoidal rule. */
  private static double upperTail(double x) {
    double sum = 0;
    for (double z = x + 0.0005; z < 10; z += 0.001) {
      sum += Math.exp(-z * z / 2) * 0.001;
    }
    return sum / Math.sqrt(2 * Math.PI);
  }
}
