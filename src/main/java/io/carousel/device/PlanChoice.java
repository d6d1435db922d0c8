package io.carousel.device;

import java.util.Locale;

/**
 * Which plan a stack takes. It is decided once, when the stack is built; nothing switches later.
 */
public enum PlanChoice {
  /** The device's own plan where it has one, else the stepwise one. */
  AUTO,
  /** One queue operation after the other, on any device. */
  STEPWISE,
  /** The device's own plan, or an error that says why there is none. */
  FUSED;

  /**
   * The choice of that name, in any case.
   *
   * @throws IllegalArgumentException that lists the names
   */
  public static PlanChoice parse(String name) {
    for (PlanChoice choice : values()) {
      if (choice.name().equals(name.toUpperCase(Locale.ROOT))) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "unknown plan '" + name + "': choose auto, stepwise or fused");
  }
}
