package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.TensorSource;
import java.io.IOException;

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

  /**
   * A stack of {@code torch.nn.RNN} with its weights, from a {@code state_dict}. Sizes, layers,
   * directions and biases follow from the tensors.
   *
   * @param tensors of the {@code state_dict}, such as an open safetensors file
   * @param prefix of the module, such as {@code encoder.rnn}; empty when the module stands alone
   * @param nonlinearity TANH or RELU, which no tensor tells
   * @return the stack, to be built; dropout, precision and plan may still be set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Builder load(TensorSource tensors, String prefix, Activation nonlinearity)
      throws IOException {
    LoadedStack stack = LoadedStack.read(Cell.RNN, tensors, prefix);
    return new Builder(stack.spec()).activation(nonlinearity).weights(stack.weights());
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
