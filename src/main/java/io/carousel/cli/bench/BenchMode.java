package io.carousel.cli.bench;

/** What one timed step does. */
public enum BenchMode {
  /** Forward, and the gradients of inputs, weights and initial states from a given dY. */
  FWDBWD(3),
  /** Forward, mean squared error, gradients of inputs and weights, SGD update. */
  TRAIN(3),
  /** Forward without gradients. */
  INFER(1),
  /** One time step of one sequence with carried state, from and to host memory. */
  STREAM(1);

  private final int forwardEquivalents;

  BenchMode(int forwardEquivalents) {
    this.forwardEquivalents = forwardEquivalents;
  }

  /** Whether a step has gradients. */
  public boolean isTraining() {
    return forwardEquivalents > 1;
  }

  /** How many times the arithmetic of a forward pass a step counts. */
  int forwardEquivalents() {
    return forwardEquivalents;
  }
}
