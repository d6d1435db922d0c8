package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Philox;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import io.carousel.nn.Initializer;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stack of recurrent layers as a module: parameters with PyTorch's names ({@code weight_ih_l0},
 * {@code weight_hh_l0_reverse}, …; {@code peephole_l0}, which PyTorch has not) and the plans that
 * run them. {@link Rnn}, {@link Lstm} and {@link Gru} are its kinds. Sequences are packed (see
 * {@link PackedShape}); states are in the caller's row order.
 */
public abstract class RecurrentLayer implements AutoCloseable {
  private final RecurrentSpec spec;
  private final List<LayerWeights> weights = new ArrayList<>();
  private final List<LayerWeights> gradients = new ArrayList<>();
  private final List<Parameter> ownParameters = new ArrayList<>();
  private final PlanCache plans;
  private StackWeights stackWeights = new StackWeights(weights, 0);
  private final long dropoutKey;
  private final String inputName;
  private @Nullable PassProbe probe;

  RecurrentLayer(
      RecurrentSpec spec,
      Initialization init,
      PlanChoice plan,
      ParameterSet parameters,
      String path) {
    this.spec = spec;
    inputName = "input" + (path.isEmpty() ? "" : " of '" + path + "'") + " [Σ n_t, I]";
    plans = new PlanCache(parameters.device(), spec, plan);
    dropoutKey = Philox.key(parameters.seed(), "dropout/" + path);
    String departure = spec.departure();
    if (departure != null) {
      parameters.departs(path, departure);
    }
    for (int run = 0; run < spec.runs(); run++) {
      addRun(run, init, parameters, path);
    }
  }

  /** Where initial weights come from: PyTorch's uniform ±1/√H, unless something is set. */
  record Initialization(
      @Nullable Initializer input,
      @Nullable Initializer recurrent,
      @Nullable Double forgetBias,
      @Nullable Map<String, double[]> given) {
    Initializer of(StackTensor tensor, String name, int units) {
      double[] values = given == null ? null : given.get(name);
      if (values != null) {
        return Initializer.values(values);
      }
      Initializer standard = Initializer.uniformFan(units);
      return switch (tensor) {
        case WEIGHT_IH -> input == null ? standard : input;
        case WEIGHT_HH -> recurrent == null ? standard : recurrent;
        case BIAS_IH ->
            forgetBias == null ? standard : Initializer.zeros().withBlock(4, 1, forgetBias);
        case BIAS_HH -> forgetBias == null ? standard : Initializer.zeros();
        case WEIGHT_HR, PEEPHOLE -> standard;
      };
    }
  }

  private void addRun(int run, Initialization init, ParameterSet parameters, String path) {
    int layer = run / spec.directions();
    String prefix = path.isEmpty() ? "" : path + ".";
    Map<StackTensor, Parameter> own = new EnumMap<>(StackTensor.class);
    for (StackTensor tensor : StackTensor.values()) {
      int[] shape = tensor.shape(spec, layer);
      if (shape != null) {
        String name = tensor.name(layer, run % spec.directions() == 1);
        Initializer initial = init.of(tensor, name, spec.hiddenSize());
        own.put(tensor, parameters.add(prefix + name, shape, initial));
      }
    }
    ownParameters.addAll(own.values());
    weights.add(layerWeights(own, Parameter::value));
    if (own.values().stream().allMatch(Parameter::hasGradient)) {
      gradients.add(layerWeights(own, Parameter::gradient));
    }
  }

  private static LayerWeights layerWeights(
      Map<StackTensor, Parameter> own, Function<Parameter, Matrix> part) {
    return new LayerWeights(
        part.apply(Objects.requireNonNull(own.get(StackTensor.WEIGHT_IH))),
        part.apply(Objects.requireNonNull(own.get(StackTensor.WEIGHT_HH))),
        optional(own.get(StackTensor.BIAS_IH), part),
        optional(own.get(StackTensor.BIAS_HH), part),
        optional(own.get(StackTensor.WEIGHT_HR), part),
        optional(own.get(StackTensor.PEEPHOLE), part));
  }

  private static @Nullable Matrix optional(
      @Nullable Parameter parameter, Function<Parameter, Matrix> part) {
    return parameter == null ? null : part.apply(parameter);
  }

  private StackWeights currentWeights() {
    long version = 0;
    for (int i = 0; i < ownParameters.size(); i++) { // without an iterator: inference runs here
      version += ownParameters.get(i).version(); // none ever falls, so the sum tells of any write
    }
    if (stackWeights.version() != version) {
      stackWeights = new StackWeights(weights, version);
    }
    return stackWeights;
  }

  /** What the stack is. */
  public final RecurrentSpec spec() {
    return spec;
  }

  /** What runs: {@code stepwise}, or the device's own kernel. */
  public final String kernel() {
    return plans.latest().kernel();
  }

  /** Why the device's own faster plan does not run, or null when it does. */
  public final @Nullable String whyNotFused() {
    return plans.latest().whyNotFused();
  }

  /** How the latest training pass was enqueued; see {@link RecurrentPlan#launch}. */
  public final String launch() {
    return plans.latest().launch();
  }

  /** Looks into all training passes that begin from now on; null for not. */
  public final void probe(@Nullable PassProbe newProbe) {
    probe = newProbe;
  }

  /**
   * Runs forward for training.
   *
   * @param queue where the work goes, also that of backward
   * @param shape of the batch
   * @param input [Σ n_t, I]; must stay unchanged until backward
   * @param h0 [L·D·N, R], null for zeros
   * @param c0 [L·D·N, H] of an LSTM, null for zeros
   * @param draw number of the pass for dropout
   * @return the pass; several may be open
   */
  public final Pass forward(
      Queue queue,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw) {
    RecurrentPlan.Trace trace = probe == null ? null : probe.trace(shape);
    return forward(queue, shape, input, h0, c0, draw, trace);
  }

  /** The same, and tells a trace of gates, states and gradients. */
  public final Pass forward(
      Queue queue,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      RecurrentPlan.@Nullable Trace trace) {
    if (gradients.isEmpty()) {
      throw new IllegalStateException("this stack was made for inference: it cannot be trained");
    }
    input.require(inputName, shape.rows(), spec.inputSize());
    RecurrentPlan plan = plans.planFor(shape);
    return new Pass(
        queue,
        shape,
        plan.forwardTraining(
            queue, currentWeights(), shape, input, h0, c0, draw, dropoutKey, trace));
  }

  /**
   * Runs forward without dropout and keeps nothing; shapes as in {@link RecurrentPlan#infer}.
   *
   * @param h0 null for zeros; may be hN
   * @param c0 null for zeros; may be cN
   */
  public final void infer(
      Queue queue,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    input.require(inputName, shape.rows(), spec.inputSize());
    plans.planFor(shape).infer(queue, currentWeights(), shape, input, h0, c0, output, hN, cN);
  }

  /** Frees what plans without an open pass keep for the next batch. */
  final void trim() {
    plans.trim();
  }

  /** Frees the plans; the parameters belong to their set. */
  @Override
  public final void close() {
    plans.close();
  }

  /** An open training pass of the stack; backward adds to the gradients of its parameters. */
  public final class Pass implements AutoCloseable {
    private final Queue queue;
    private final PackedShape shape;
    private final RecurrentPlan.Pass pass;
    private final @Nullable PassProbe probe = RecurrentLayer.this.probe;

    private Pass(Queue queue, PackedShape shape, RecurrentPlan.Pass pass) {
      this.queue = queue;
      this.shape = shape;
      this.pass = pass;
    }

    /** [Σ n_t, D·R], packed; valid until the pass ends. */
    public Matrix output() {
      return pass.output();
    }

    /** [L·D·N, R] in the caller's row order; valid until the pass ends. */
    public Matrix hN() {
      return pass.hN();
    }

    /** [L·D·N, H] of an LSTM, else null. */
    public @Nullable Matrix cN() {
      return pass.cN();
    }

    /**
     * Back-propagates through time and ends the pass. Null stands for a gradient of zeros, or for a
     * result that is not wanted; shapes as in {@link RecurrentPlan.Pass#backward}.
     */
    public void backward(
        @Nullable Matrix dOutput,
        @Nullable Matrix dHn,
        @Nullable Matrix dCn,
        @Nullable Matrix dInput,
        @Nullable Matrix dH0,
        @Nullable Matrix dC0) {
      if (probe == null) {
        pass.backward(dOutput, dHn, dCn, gradients, dInput, dH0, dC0);
        return;
      }
      try {
        Matrix chosen = probe.outputGradient(queue, shape, dOutput);
        pass.backward(chosen, dHn, dCn, gradients, dInput, dH0, dC0);
      } finally {
        probe.end(queue);
      }
    }

    /** Ends the pass without gradients. */
    @Override
    public void close() {
      pass.close();
    }
  }

  /**
   * Settings of a stack that is to be built.
   *
   * @param <B> the builder itself
   * @param <L> what it builds
   */
  public abstract static class Builder<B extends Builder<B, L>, L extends RecurrentLayer> {
    RecurrentSpec spec;
    PlanChoice plan = PlanChoice.AUTO;
    @Nullable Initializer input;
    @Nullable Initializer recurrent;
    @Nullable Double forgetBias;
    private @Nullable Map<String, double[]> given;

    Builder(RecurrentSpec spec) {
      this.spec = spec;
    }

    abstract B self();

    abstract L build(Initialization initialization, ParameterSet parameters, String path);

    /** Number of stacked layers. */
    public final B layers(int count) {
      spec = spec.withNumLayers(count);
      return self();
    }

    /** Whether each layer also runs from the end of the sequence. */
    public final B bidirectional(boolean both) {
      spec = spec.withBidirectional(both);
      return self();
    }

    /** Probability that an output of a layer but the last is dropped in training. */
    public final B dropout(double rate) {
      spec = spec.withDropout(rate);
      return self();
    }

    /** Whether there are biases. */
    public final B bias(boolean biases) {
      spec = spec.withBias(biases);
      return self();
    }

    /**
     * Function of an RNN's state, of an LSTM's cell input and of its cell state on its way out, of
     * a GRU's candidate; tanh unless set.
     */
    public final B activation(Activation f) {
      spec = spec.withActivation(f);
      return self();
    }

    /** Number format of the products; see {@link Precision}. */
    public final B precision(Precision format) {
      spec = spec.withPrecision(format);
      return self();
    }

    /** Which plan runs. */
    public final B plan(PlanChoice choice) {
      plan = choice;
      return self();
    }

    /** How W_ih is drawn. */
    public final B inputInitializer(Initializer initializer) {
      input = initializer;
      return self();
    }

    /** How W_hh is drawn. */
    public final B recurrentInitializer(Initializer initializer) {
      recurrent = initializer;
      return self();
    }

    /**
     * Gives the stack its weights instead of drawing them.
     *
     * @param weights row by row, of every parameter by its name without path, such as {@code
     *     weight_ih_l0}; not copied, to be left as they are until the stack is built
     */
    public final B weights(Map<String, double[]> weights) {
      given = weights;
      return self();
    }

    /** The same for another number of input features. */
    public final B inputSize(int size) {
      spec = spec.withInputSize(size);
      return self();
    }

    /** What is to be built. */
    public final RecurrentSpec spec() {
      return spec;
    }

    /**
     * Builds the stack.
     *
     * @param parameters where its parameters go; their owner
     * @param path leads their names; may be empty
     * @throws IllegalArgumentException when weights were given that are not those of this stack
     */
    public final L build(ParameterSet parameters, String path) {
      if (given != null) {
        requireGiven(given);
      }
      return build(new Initialization(input, recurrent, forgetBias, given), parameters, path);
    }

    private void requireGiven(Map<String, double[]> weights) {
      if (input != null || recurrent != null || forgetBias != null) {
        throw new IllegalArgumentException(
            "the stack has its weights: there is nothing for an initializer or a forget bias");
      }
      Map<String, int[]> shapes = StackTensor.shapes(spec);
      if (!weights.keySet().equals(shapes.keySet())) {
        throw new IllegalArgumentException(
            "the stack needs the weights %s, given were %s"
                .formatted(shapes.keySet(), weights.keySet()));
      }
      shapes.forEach(
          (name, shape) -> {
            int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            double[] values = weights.getOrDefault(name, new double[0]);
            if (values.length != size) {
              throw new IllegalArgumentException(
                  "the stack needs %s %s, given were %d numbers"
                      .formatted(name, Arrays.toString(shape), values.length));
            }
          });
    }
  }

  /** Any kind of stack from its specification. */
  public static Builder<?, ?> builder(RecurrentSpec spec) {
    return switch (spec.cell()) {
      case RNN -> new Rnn.Builder(spec);
      case LSTM -> new Lstm.Builder(spec);
      case GRU -> new Gru.Builder(spec);
    };
  }
}
