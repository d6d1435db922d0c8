package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.TensorSource;
import java.io.IOException;

/** Gated recurrent unit (Cho et al. 2014) with PyTorch's equations. */
public final class Gru extends RecurrentLayer {
  private Gru(
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
    return new Builder(RecurrentSpec.gru(inputSize, hiddenSize));
  }

  /**
   * A stack of {@code torch.nn.GRU} with its weights, from a {@code state_dict}. Sizes, layers,
   * directions and biases follow from the tensors.
   *
   * @param tensors of the {@code state_dict}, such as an open safetensors file
   * @param prefix of the module, such as {@code encoder.gru}; empty when the module stands alone
   * @return the stack, to be built; dropout, precision and plan may still be set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Builder load(TensorSource tensors, String prefix) throws IOException {
    LoadedStack stack = LoadedStack.read(Cell.GRU, tensors, prefix);
    return new Builder(stack.spec()).weights(stack.weights());
  }

  /** Settings of a stack that is to be built. */
  public static final class Builder extends RecurrentLayer.Builder<Builder, Gru> {
    Builder(RecurrentSpec spec) {
      super(spec);
    }

    @Override
    Builder self() {
      return this;
    }

    @Override
    Gru build(Initialization init, ParameterSet parameters, String path) {
      return new Gru(spec, init, plan, parameters, path);
    }

    /** Function of the gates r and z; sigmoid unless set. */
    public Builder gateActivation(Activation f) {
      spec = spec.withGateActivation(f);
      return this;
    }

    /**
     * Whether the reset gate acts after the recurrent product (PyTorch, cuDNN; the default) or
     * before (Cho et al.).
     */
    public Builder resetAfter(boolean after) {
      spec = spec.withResetAfter(after);
      return this;
    }
  }
}
