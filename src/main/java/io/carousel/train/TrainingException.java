package io.carousel.train;

/**
 * Training cannot go on: a loss or a gradient is not finite. The message names step and parameters.
 */
public class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the step, the parameters and what to try. */
  public TrainingException(String message) {
    super(message);
  }
}
