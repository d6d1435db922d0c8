package io.carousel.train;

/**
 * Ends training when the loss that is watched has not improved for a while; the best weights come
 * back.
 *
 * @param patience epochs without improvement after which training ends
 * @param minimumImprovement what counts as improvement
 */
public record EarlyStopping(int patience, double minimumImprovement) {
  /** Checks the numbers. */
  public EarlyStopping {
    if (patience < 1 || !(minimumImprovement >= 0)) {
      throw new IllegalArgumentException(
          "patience %d, minimum improvement %s".formatted(patience, minimumImprovement));
    }
  }

  /** Any improvement counts. */
  public static EarlyStopping patience(int epochs) {
    return new EarlyStopping(epochs, 0);
  }
}
