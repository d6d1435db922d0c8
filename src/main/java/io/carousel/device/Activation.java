package io.carousel.device;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An element-wise function y = f(x) whose derivative follows from its value: those of ONNX's {@code
 * RNN}, {@code GRU} and {@code LSTM}, and ONNX's bound on what they see.
 *
 * @param kind its formula
 * @param alpha α of the formula, 0 where it has none
 * @param beta β of the formula, 0 where it has none
 * @param clip the function sees min(max(x, -clip), clip) in place of x (ONNX's attribute {@code
 *     clip}), and its derivative is 0 where the value is that at a bound; 0 for no bounds
 */
public record Activation(Kind kind, double alpha, double beta, double clip) {
  /** y = x. */
  public static final Activation IDENTITY = of(Kind.IDENTITY);

  /** y = 1 / (1 + exp(-x)). */
  public static final Activation SIGMOID = of(Kind.SIGMOID);

  /** y = tanh x. */
  public static final Activation TANH = of(Kind.TANH);

  /** y = max(x, 0). */
  public static final Activation RELU = of(Kind.RELU);

  /** The piecewise linear sigmoid of Keras 1 and 2, and ONNX's default: α = 0.2, β = 0.5. */
  public static final Activation HARD_SIGMOID = hardSigmoid(0.2, 0.5);

  /** y = x / (1 + |x|). */
  public static final Activation SOFTSIGN = of(Kind.SOFTSIGN);

  /** y = log(1 + exp(x)). */
  public static final Activation SOFTPLUS = of(Kind.SOFTPLUS);

  /** The formulas, which native code numbers in this order. */
  public enum Kind {
    /** y = x. */
    IDENTITY,
    /** y = 1 / (1 + exp(-x)), dy/dx = y (1 - y). */
    SIGMOID,
    /** y = tanh x, dy/dx = 1 - y². */
    TANH,
    /** y = max(x, 0), dy/dx = 1 where y &gt; 0, else 0. */
    RELU,
    /** y = αx + β, dy/dx = α. */
    AFFINE,
    /** y = x where x &gt; 0, else αx, with α ≥ 0; dy/dx = 1 where y &gt; 0, else α. */
    LEAKY_RELU,
    /** y = x where x &gt; α, else 0; dy/dx = 1 where y ≠ 0, else 0. */
    THRESHOLDED_RELU,
    /** y = α tanh(βx) with α ≠ 0, dy/dx = β (α - y²/α). */
    SCALED_TANH,
    /** y = min(max(αx + β, 0), 1), dy/dx = α where 0 &lt; y &lt; 1, else 0. */
    HARD_SIGMOID,
    /** y = x where x &gt; 0, else α (exp(x) - 1), α ≥ 0; dy/dx = 1 where y &gt; 0, else y + α. */
    ELU,
    /** y = x / (1 + |x|), dy/dx = (1 - |y|)². */
    SOFTSIGN,
    /** y = log(1 + exp(x)), dy/dx = 1 - exp(-y). */
    SOFTPLUS;

    private static final Set<Kind> WITH_ALPHA =
        EnumSet.of(AFFINE, LEAKY_RELU, THRESHOLDED_RELU, SCALED_TANH, HARD_SIGMOID, ELU);
    private static final Set<Kind> WITH_BETA = EnumSet.of(AFFINE, SCALED_TANH, HARD_SIGMOID);

    /** Whether the formula has an α. */
    public boolean hasAlpha() {
      return WITH_ALPHA.contains(this);
    }

    /** Whether the formula has a β. */
    public boolean hasBeta() {
      return WITH_BETA.contains(this);
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern TEXT = Pattern.compile("([a-z_]+)(?:\\((.*)\\))?");
  private static final Pattern NUMBER = Pattern.compile("(alpha|beta|clip)=([-+.0-9E]+)(, |$)");

  /** Checks the numbers against the formula. */
  public Activation {
    require(kind.hasAlpha() || alpha == 0, kind, "has no alpha", alpha);
    require(kind.hasBeta() || beta == 0, kind, "has no beta", beta);
    require(Double.isFinite(alpha), kind, "needs a finite alpha", alpha);
    require(Double.isFinite(beta), kind, "needs a finite beta", beta);
    require(clip >= 0 && Double.isFinite(clip), kind, "needs a finite clip from 0 on", clip);
    boolean folds = kind == Kind.LEAKY_RELU || kind == Kind.ELU;
    require(!folds || alpha >= 0, kind, "needs an alpha from 0 on", alpha);
    require(kind != Kind.SCALED_TANH || alpha != 0, kind, "needs an alpha other than 0", alpha);
  }

  private static void require(boolean condition, Kind kind, String what, double given) {
    if (!condition) {
      throw new IllegalArgumentException("%s %s, got %s".formatted(kind.text(), what, given));
    }
  }

  private static Activation of(Kind kind) {
    return new Activation(kind, 0, 0, 0);
  }

  /** y = αx + β. */
  public static Activation affine(double alpha, double beta) {
    return new Activation(Kind.AFFINE, alpha, beta, 0);
  }

  /** y = x where x &gt; 0, else αx. */
  public static Activation leakyRelu(double alpha) {
    return new Activation(Kind.LEAKY_RELU, alpha, 0, 0);
  }

  /** y = x where x &gt; α, else 0. */
  public static Activation thresholdedRelu(double alpha) {
    return new Activation(Kind.THRESHOLDED_RELU, alpha, 0, 0);
  }

  /** y = α tanh(βx). */
  public static Activation scaledTanh(double alpha, double beta) {
    return new Activation(Kind.SCALED_TANH, alpha, beta, 0);
  }

  /** y = min(max(αx + β, 0), 1); α = 1/6 and β = 1/2 in PyTorch and Keras 3. */
  public static Activation hardSigmoid(double alpha, double beta) {
    return new Activation(Kind.HARD_SIGMOID, alpha, beta, 0);
  }

  /** y = x where x &gt; 0, else α (exp(x) - 1). */
  public static Activation elu(double alpha) {
    return new Activation(Kind.ELU, alpha, 0, 0);
  }

  /** The same function, which sees min(max(x, -bound), bound) in place of x; 0 for x itself. */
  public Activation withClip(double bound) {
    return new Activation(kind, alpha, beta, bound);
  }

  /** As files and messages have it, such as {@code hard_sigmoid(alpha=0.2, beta=0.5)}. */
  @Override
  public String toString() {
    StringBuilder numbers = new StringBuilder();
    append(numbers, "alpha", alpha, kind.hasAlpha());
    append(numbers, "beta", beta, kind.hasBeta());
    append(numbers, "clip", clip, clip > 0);
    return numbers.isEmpty() ? kind.text() : kind.text() + "(" + numbers + ")";
  }

  private static void append(StringBuilder text, String name, double number, boolean has) {
    if (has) {
      text.append(text.isEmpty() ? "" : ", ").append(name).append('=').append(number);
    }
  }

  /**
   * The function of that text.
   *
   * @param text as {@link #toString} has it
   * @throws IllegalArgumentException when it is none
   */
  public static Activation parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (parts.matches()) {
      for (Kind kind : Kind.values()) {
        if (kind.text().equals(parts.group(1))) {
          Activation f = parse(kind, parts.group(2) == null ? "" : parts.group(2));
          if (f.toString().equals(text)) {
            return f;
          }
        }
      }
    }
    throw new IllegalArgumentException("unknown activation '" + text + "'");
  }

  private static Activation parse(Kind kind, String numbers) {
    double alpha = 0;
    double beta = 0;
    double clip = 0;
    for (Matcher number = NUMBER.matcher(numbers); number.find(); ) {
      double value = Double.parseDouble(number.group(2));
      switch (number.group(1)) {
        case "alpha" -> alpha = value;
        case "beta" -> beta = value;
        default -> clip = value;
      }
    }
    return new Activation(kind, alpha, beta, clip);
  }
}
