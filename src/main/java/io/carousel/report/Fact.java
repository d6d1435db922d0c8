package io.carousel.report;

import java.util.Objects;

/**
 * One headline figure, such as "Forecast error 0.182 mV, AR(32) 0.211".
 *
 * @param label what the figure is
 * @param value the figure as it is shown
 * @param unit its unit, or the empty string
 * @param note one short line that puts it in proportion, or the empty string
 */
public record Fact(String label, String value, String unit, String note) {
  /** Refuses null components. */
  public Fact {
    Objects.requireNonNull(label);
    Objects.requireNonNull(value);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(note);
  }

  /** A figure that is text already. */
  public static Fact of(String label, String value) {
    return new Fact(label, value, "", "");
  }

  /** A whole number, thousands grouped. */
  public static Fact of(String label, long value) {
    return of(label, Numbers.count(value));
  }

  /** A number shown with {@code decimals} digits after the point. */
  public static Fact of(String label, double value, int decimals) {
    return of(label, Numbers.fixed(value, decimals));
  }

  /** The same figure with a unit, set smaller behind the value. */
  public Fact unit(String unit) {
    return new Fact(label, value, unit, note);
  }

  /** The same figure with a line below it that puts it in proportion. */
  public Fact note(String note) {
    return new Fact(label, value, unit, note);
  }
}
