package io.carousel.io.onnx;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link SequenceModel} of an ONNX graph: embedding, a stack of recurrent nodes, one linear
 * layer (of the identity where there is none) with a function. Inputs of lengths and of the stack's
 * initial states are those of {@link SequenceModel#predict(SequenceBatch, RecurrentState)}. The
 * weights are read off the nodes; what the operators between them do to axes (time or batch first,
 * every step or the last state) is found by trial: the graph, run as it is, and the model give the
 * same numbers for random sequences, short and long, small and large, in double precision, or the
 * file is refused. An operator that may choose by place or size, which no trial finds out, is
 * refused by name.
 */
public final class OnnxImport {
  private static final double TOLERANCE = 1e-9;
  private static final double LARGE = 1e4;
  private static final int MANY_STEPS = 64;

  private final OnnxModel graph;
  private final GraphParts parts;
  private final OnnxGraph.Value input;
  private final List<OnnxGraph.Value> lengths = new ArrayList<>();
  private final List<OnnxGraph.Value> states = new ArrayList<>();

  private boolean ran; // in any trial
  private @Nullable IllegalArgumentException failure;

  private OnnxImport(OnnxModel graph) {
    this.graph = graph;
    parts = GraphParts.of(graph);
    List<OnnxGraph.Value> free = graph.graph().freeInputs();
    if (free.isEmpty() || graph.graph().outputs().isEmpty()) {
      throw new IllegalArgumentException("the graph has no input or no output");
    }
    input = free.get(0);
    for (OnnxGraph.Value other : free.subList(1, free.size())) {
      if (parts.isH0(other.name()) || parts.isC0(other.name())) {
        states.add(other);
      } else if (!other.type().isReal() && other.axes().size() == 1 && lengths.isEmpty()) {
        lengths.add(other);
      } else {
        throw new IllegalArgumentException(
            "input '%s' is neither the sequences nor their lengths nor initial states"
                .formatted(other.name()));
      }
    }
  }

  /**
   * Reads a model; its head sees the first output of the graph.
   *
   * @param device where it shall run
   * @return the model, which can be saved, trained and served; the caller closes it
   * @throws ModelFormatException naming the node or attribute that no such model has
   * @throws IOException when the file cannot be read
   */
  public static SequenceModel read(Path file, Device device) throws IOException {
    OnnxModel graph = OnnxReader.model(file);
    try {
      return new OnnxImport(graph).build(device);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private SequenceModel build(Device device) {
    try (Device reference = Devices.open("reference")) {
      for (Readout readout : Readout.values()) {
        if (readout != Readout.LAST_CELL || parts.stack().cell().hasCellState()) {
          try (SequenceModel tried = new SequenceModel(spec(readout), reference, 0)) {
            parts.upload(tried);
            if (agrees(tried, reference, false) || agrees(tried, reference, true)) {
              SequenceModel model = new SequenceModel(spec(readout), device, 0);
              parts.upload(model);
              return model;
            }
          }
        }
      }
    }
    if (!ran && failure != null) {
      throw failure; // neither order of the axes runs
    }
    throw new IllegalArgumentException(
        "what lies between the recurrent nodes and the output is not one linear layer that sees"
            + " every step or the last state of both directions: the model that was made of its"
            + " weights gives other numbers, or none that are finite");
  }

  private SequenceModelSpec spec(Readout readout) {
    return new SequenceModelSpec(
        parts.vocabulary(),
        0,
        parts.stack(),
        readout,
        0,
        parts.isTied(),
        parts.outputs(),
        parts.activation());
  }

  private boolean agrees(SequenceModel model, Device reference, boolean batchFirst) {
    return agrees(model, reference, batchFirst, 1, 3, 5, 4)
        && agrees(model, reference, batchFirst, 1, 2, 1)
        && agrees(model, reference, batchFirst, LARGE, 3, 2)
        && agrees(model, reference, batchFirst, 1, MANY_STEPS, 7);
  }

  /**
   * Whether graph and model give the same for random sequences, one of each length.
   *
   * @param amplitude standard deviation of features and initial states
   */
  private boolean agrees(
      SequenceModel model, Device reference, boolean batchFirst, double amplitude, int... wanted) {
    int n = size(batchFirst ? 0 : 1, wanted.length);
    int steps = size(batchFirst ? 1 : 0, Arrays.stream(wanted).max().orElseThrow());
    int[] ends = new int[n];
    Arrays.setAll(
        ends, i -> lengths.isEmpty() ? steps : Math.min(steps, wanted[i % wanted.length]));
    ends[0] = steps; // a graph pads to the longest one that it is given
    RecurrentSpec stack = parts.stack();
    int widest = Math.max(stack.gateRows() * stack.directions(), parts.outputs());
    OnnxTensor.size(steps, n, Math.max(widest, stack.inputSize())); // the axes may be of any size
    PackedShape shape = PackedShape.of(ends);
    Random random = new Random(7);
    boolean byId = parts.vocabulary() > 0;
    int features = stack.inputSize();
    SequenceBatch batch;
    OnnxTensor x;
    if (byId) {
      int[] ids = random.ints((long) steps * n, 0, parts.vocabulary()).toArray();
      batch = SequenceBatch.ofIds(shape, ids);
      double[] values = Arrays.stream(ids).asDoubleStream().toArray();
      x = new OnnxTensor(input.type(), new int[] {steps, n}, values);
    } else {
      float[] values = new float[steps * n * features];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (amplitude * random.nextGaussian());
      }
      batch = SequenceBatch.ofFeatures(shape, features, values);
      x = OnnxTensor.floats(values, steps, n, features);
    }
    int[] turn = byId ? new int[] {1, 0} : new int[] {1, 0, 2};
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    inputs.put(input.name(), batchFirst ? Axes.transpose(x, turn) : x);
    for (OnnxGraph.Value given : lengths) {
      double[] values = Arrays.stream(ends).asDoubleStream().toArray();
      inputs.put(given.name(), new OnnxTensor(given.type(), new int[] {n}, values));
    }
    int[] axes = {stack.runs(), n, stack.hiddenSize()};
    for (OnnxGraph.Value state : states) {
      double[] values = new double[OnnxTensor.size(axes)];
      Arrays.setAll(values, i -> (float) (amplitude * random.nextGaussian()));
      inputs.put(state.name(), new OnnxTensor(state.type(), axes, values));
    }
    OnnxTensor computed;
    try {
      computed =
          new OnnxProgram(graph)
              .run(inputs, Computing.on(reference))
              .outputs()
              .get(graph.graph().outputs().get(0).name());
      ran = true;
    } catch (IllegalArgumentException e) {
      failure = e;
      return false;
    }
    if (computed == null) {
      return false;
    }
    boolean perStep = model.spec().readout().perStep();
    int k = model.spec().outputs();
    OnnxTensor ours =
        OnnxTensor.floats(
            answer(model, batch, inputs), perStep ? new int[] {steps, n, k} : new int[] {n, k});
    OnnxTensor expected = perStep && batchFirst ? Axes.transpose(ours, 1, 0, 2) : ours;
    return Arrays.equals(longAxes(expected), longAxes(computed))
        && isNear(expected, computed, amplitude == LARGE || wanted[0] == MANY_STEPS);
  }

  /** Without those of size 1: the one direction of a node's own output is such an axis. */
  private static int[] longAxes(OnnxTensor tensor) {
    return Arrays.stream(tensor.shape()).filter(size -> size != 1).toArray();
  }

  /** What the model makes of a batch, from the states that the graph gets. */
  private float[] answer(SequenceModel model, SequenceBatch batch, Map<String, OnnxTensor> inputs) {
    try (RecurrentState state = model.newState(batch.shape().batchSize())) {
      for (OnnxGraph.Value given : states) {
        double[] values = Objects.requireNonNull(inputs.get(given.name())).values();
        if (parts.isH0(given.name())) {
          model.queue().upload(values, 0, state.h());
        }
        if (parts.isC0(given.name())) {
          model.queue().upload(values, 0, Objects.requireNonNull(state.c()));
        }
      }
      return model.predict(batch, state);
    }
  }

  /** The size that the graph gives an axis of its input, or another where it may be any. */
  private int size(int axis, int otherwise) {
    String given = axis < input.axes().size() ? input.axes().get(axis) : "";
    return given.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(given) : otherwise;
  }

  /**
   * Whether a model's numbers are those of the graph.
   *
   * @param mayOverflow whether both may be the same infinity, which NaN is not
   */
  private static boolean isNear(OnnxTensor a, OnnxTensor b, boolean mayOverflow) {
    for (int i = 0; i < a.size(); i++) {
      // the model's outputs come as floats
      double ours = a.values()[i];
      double theirs = b.values()[i];
      double scale = Math.max(1, Math.abs(ours)) * Math.ulp(1f);
      boolean near =
          Double.isInfinite(ours)
              ? mayOverflow && ours == (float) theirs
              : Math.abs(ours - theirs) <= scale + TOLERANCE;
      if (!near) {
        return false;
      }
    }
    return true;
  }
}
