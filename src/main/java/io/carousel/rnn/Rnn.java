package io.carousel.rnn;

import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;

/** Elman's network (1990): h' = f(W_ih x + b_ih + W_hh h + b_hh), f = tanh unless set. */
public final class Rnn extends RecurrentLayer {
  private Rnn(
      RecurrentSpec spec,
      Initialization init,
      PlanChoice plan,
      ParameterSet parameters,
      String path) {
    super(spec, init, plan, parameters, path);
  }

  /**
   * A one-layer, one-directional stack with biases, to be changed and built.
   *
   * @param inputSize I, features per step
   * @param hiddenSize H, units
   */
  public static Builder builder(int inputSize, int hiddenSize) {
    return new Builder(RecurrentSpec.rnn(inputSize, hiddenSize));
  }

  /** Settings of a stack that is to be built. */
  public static final class Builder extends RecurrentLayer.Builder<Builder, Rnn> {
    Builder(RecurrentSpec spec) {
      super(spec);
    }

    @Override
    Builder self() {
      return this;
    }

    @Override
    Rnn build(Initialization init, ParameterSet parameters, String path) {
      return new Rnn(spec, init, plan, parameters, path);
    }
  }
}
