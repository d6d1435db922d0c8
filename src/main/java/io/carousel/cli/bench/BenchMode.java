package io.carousel.cli.bench;

/** What one timed step does, and what that must cost (see {@link Cost}). */
public enum BenchMode {
  /** Forward, and the gradients of inputs, weights and initial states from a given dY. */
  FWDBWD(3, 3, 3, 2),
  /** Forward, mean squared error, gradients of inputs and weights, SGD update. */
  TRAIN(3, 6, 3, 2),
  /** Forward without gradients. */
  INFER(1, 1, 1, 1),
  /** One time step of one sequence with carried state, from and to host memory. */
  STREAM(1, 1, 1, 1);

  private final int forwardEquivalents;
  private final int weightPasses;
  private final int inputPasses;
  private final int outputPasses;

  BenchMode(int forwardEquivalents, int weightPasses, int inputPasses, int outputPasses) {
    this.forwardEquivalents = forwardEquivalents;
    this.weightPasses = weightPasses;
    this.inputPasses = inputPasses;
    this.outputPasses = outputPasses;
  }

  /** Whether a step has gradients. */
  public boolean isTraining() {
    return forwardEquivalents > 1;
  }

  /** How many times the arithmetic of a forward pass a step counts. */
  int forwardEquivalents() {
    return forwardEquivalents;
  }

  /**
   * How often all weights pass: forward and backward read them, backward writes their gradients, an
   * update reads both and writes the weights.
   */
  int weightPasses() {
    return weightPasses;
  }

  /** How often the rows of inputs pass: x is read; with gradients again, and dX is written. */
  int inputPasses() {
    return inputPasses;
  }

  /** How often the rows of outputs pass: y is written; with gradients dY or targets are read. */
  int outputPasses() {
    return outputPasses;
  }
}
