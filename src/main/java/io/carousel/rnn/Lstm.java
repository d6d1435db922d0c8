package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.TensorSource;
import java.io.IOException;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000) with
 * PyTorch's equations.
 *
 * <p>Two layers of 32 units over one feature, forward in time:
 *
 * <pre>{@code
 * var lstm = Lstm.builder(1, 32).layers(2).bidirectional(false).dropout(0.1);
 * }</pre>
 */
public final class Lstm extends RecurrentLayer {
  private Lstm(
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
    return new Builder(RecurrentSpec.lstm(inputSize, hiddenSize));
  }

  /**
   * A stack of {@code torch.nn.LSTM} with its weights, from a {@code state_dict}. Sizes, layers,
   * directions, biases and projection follow from the tensors.
   *
   * @param tensors of the {@code state_dict}, such as an open safetensors file
   * @param prefix of the module, such as {@code encoder.lstm}; empty when the module stands alone
   * @return the stack, to be built; dropout, precision and plan may still be set
   * @throws IOException when tensors are missing, unexpected or misshapen, with their names
   */
  public static Builder load(TensorSource tensors, String prefix) throws IOException {
    LoadedStack stack = LoadedStack.read(Cell.LSTM, tensors, prefix);
    return new Builder(stack.spec()).weights(stack.weights());
  }

  /** Settings of a stack that is to be built. */
  public static final class Builder extends RecurrentLayer.Builder<Builder, Lstm> {
    Builder(RecurrentSpec spec) {
      super(spec);
    }

    @Override
    Builder self() {
      return this;
    }

    @Override
    Lstm build(Initialization init, ParameterSet parameters, String path) {
      return new Lstm(spec, init, plan, parameters, path);
    }

    /** Projects h to that size (Sak, Senior, Beaufays 2014); 0 for none. */
    public Builder projection(int size) {
      spec = spec.withProjSize(size);
      return this;
    }

    /** Function of the gates i, f and o; sigmoid unless set. */
    public Builder gateActivation(Activation f) {
      spec = spec.withGateActivation(f);
      return this;
    }

    /**
     * Function of the cell state on its way out; that of {@link #activation} unless set after it.
     */
    public Builder cellOutputActivation(Activation f) {
      spec = spec.withCellOutputActivation(f);
      return this;
    }

    /**
     * Whether i and f see the old cell state and o the new one, each unit its own (Gers and
     * Schmidhuber 2000): parameters {@code peephole_l0} [3, H] of p_i, p_f, p_o.
     */
    public Builder peephole(boolean given) {
      spec = spec.withPeephole(given);
      return this;
    }

    /**
     * Whether i = 1 - f (Greff et al. 2017, CIFG). Weights keep the shapes of four gates; those of
     * i are not looked at, and their gradients are 0.
     */
    public Builder coupledInputForget(boolean coupled) {
      spec = spec.withCoupledInputForget(coupled);
      return this;
    }

    /**
     * Bounds the cell state to [-bound, bound], 0 for none, as {@code cell_clip} of TensorFlow's
     * LSTMCell does after Sak, Senior, Beaufays 2014. No gradient flows through a cell that was
     * clipped.
     */
    public Builder cellClip(double bound) {
      spec = spec.withCellClip(bound);
      return this;
    }

    /**
     * Starts the forget gates' bias at a value (in b_ih) and all other biases at 0 (Jozefowicz,
     * Zaremba, Sutskever 2015 found 1 to help).
     */
    public Builder forgetBias(double value) {
      forgetBias = value;
      return this;
    }
  }
}
