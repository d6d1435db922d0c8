package io.carousel.io.onnx;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recurrent node: each direction is a stack of one layer of its own, so that directions may
 * differ in their functions, and one that goes backwards reads its sequences turned round.
 *
 * <p>Y is 0 past the end of a sequence; Y_h and Y_c are the states after its own last step. Of a
 * sequence of length 0 they are 0, as ONNX Runtime has it; the operators' description does not say.
 */
final class RecurrentOperator {
  private static final List<String> INPUTS =
      List.of("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P");
  private static final int B = 3;
  private static final int LENGTHS = 4;
  private static final int H0 = 5;
  private static final int C0 = 6;
  private static final int P = 7;

  private final RecurrentNode node;
  private final List<@Nullable OnnxTensor> inputs;
  private final OnnxTensor x; // [T, N, I]
  private final OnnxTensor w;
  private final OnnxTensor r;
  private final int batchSize;
  private final int inputSize;
  private final int hidden;
  private final PackedShape shape;
  private String kernel = "";

  /** What a node gives, and what computed it. */
  record Result(List<OnnxTensor> outputs, String kernel) {}

  /**
   * Runs a node.
   *
   * @param node one of these operators
   * @param inputs in the operator's order, null where one is not given
   * @return Y, Y_h and, of an LSTM, Y_c
   * @throws IllegalArgumentException when shapes do not fit, or something is not supported
   */
  static Result run(OnnxNode node, List<@Nullable OnnxTensor> inputs, Computing computing) {
    return new RecurrentOperator(node, inputs).run(computing);
  }

  private RecurrentOperator(OnnxNode onnx, List<@Nullable OnnxTensor> inputs) {
    this.inputs = inputs;
    r = required(2);
    hidden = r.shape()[r.rank() - 1];
    node = RecurrentNode.of(onnx, hidden);
    OnnxTensor given = required(0);
    if (given.rank() != 3) {
      throw new IllegalArgumentException("X is %s, expected 3 axes".formatted(given));
    }
    x = timeFirst(given);
    w = required(1);
    batchSize = x.shape()[1];
    inputSize = x.shape()[2];
    int directions = node.directions();
    int rows = Math.multiplyExact(node.cell().gates(), hidden);
    requireShape(1, directions, rows, inputSize);
    requireShape(2, directions, rows, hidden);
    requireShape(B, directions, 2 * rows);
    requireShape(LENGTHS, batchSize);
    int[] states = {directions, batchSize, hidden};
    requireShape(H0, node.batchFirst() ? new int[] {batchSize, directions, hidden} : states);
    requireShape(C0, node.batchFirst() ? new int[] {batchSize, directions, hidden} : states);
    requireShape(P, directions, 3 * hidden);
    if (inputSize < 1 || hidden < 1) {
      throw new IllegalArgumentException("X is %s, R is %s: no features".formatted(given, r));
    }
    shape = shape();
  }

  private PackedShape shape() {
    int steps = x.shape()[0];
    OnnxTensor lengths = input(LENGTHS);
    if (x.size() == 0) {
      return PackedShape.of(0); // however large the other axis is said to be
    }
    return lengths == null
        ? PackedShape.dense(steps, batchSize)
        : PackedShape.padded(steps, lengths.ints());
  }

  private OnnxTensor timeFirst(OnnxTensor tensor) {
    return node.batchFirst() ? Axes.transpose(tensor, 1, 0, 2) : tensor;
  }

  private @Nullable OnnxTensor input(int index) {
    return index < inputs.size() ? inputs.get(index) : null;
  }

  private OnnxTensor required(int index) {
    OnnxTensor tensor = input(index);
    if (tensor == null || tensor.rank() == 0) {
      throw new IllegalArgumentException(INPUTS.get(index) + " is missing");
    }
    return tensor;
  }

  private void requireShape(int index, int... expected) {
    OnnxTensor tensor = input(index);
    if (tensor != null && !Arrays.equals(tensor.shape(), expected)) {
      throw new IllegalArgumentException(
          "%s is %s, expected %s for X %s and R %s"
              .formatted(
                  INPUTS.get(index), tensor, Arrays.toString(expected), required(0), required(2)));
    }
  }

  private Result run(Computing computing) {
    int directions = node.directions();
    int units = batchSize * hidden;
    int steps = x.shape()[0];
    double[] y = new double[OnnxTensor.size(steps, directions, batchSize, hidden)];
    double[] h = initial(H0);
    double[] c = initial(C0);
    for (int d = 0; d < directions && x.size() > 0; d++) {
      double[] hd = Arrays.copyOfRange(h, d * units, (d + 1) * units);
      double[] cd = Arrays.copyOfRange(c, d * units, (d + 1) * units);
      double[] output = shape.rows() == 0 ? new double[0] : direction(d, hd, cd, computing);
      boolean turned = node.order().get(d) == RecurrentNode.Direction.REVERSE;
      for (int n = 0; n < batchSize; n++) {
        if (shape.length(n) == 0) {
          Arrays.fill(hd, n * hidden, (n + 1) * hidden, 0);
          Arrays.fill(cd, n * hidden, (n + 1) * hidden, 0);
        }
        for (int t = 0; t < shape.length(n); t++) {
          int row = ((turned ? shape.length(n) - 1 - t : t) * directions + d) * batchSize + n;
          System.arraycopy(output, shape.packedRow(t, n) * hidden, y, row * hidden, hidden);
        }
      }
      System.arraycopy(hd, 0, h, d * units, units);
      System.arraycopy(cd, 0, c, d * units, units);
    }
    OnnxTensor all = new OnnxTensor(x.type(), new int[] {steps, directions, batchSize, hidden}, y);
    OnnxTensor hN = new OnnxTensor(x.type(), new int[] {directions, batchSize, hidden}, h);
    OnnxTensor cN = hN.withValues(c);
    if (node.batchFirst()) {
      all = Axes.transpose(all, 2, 0, 1, 3);
      hN = Axes.transpose(hN, 1, 0, 2);
      cN = Axes.transpose(cN, 1, 0, 2);
    }
    return new Result(node.cell().hasCellState() ? List.of(all, hN, cN) : List.of(all, hN), kernel);
  }

  /** A copy of the initial states [D, N, H], or zeros. */
  private double[] initial(int index) {
    OnnxTensor given = input(index);
    int size = OnnxTensor.size(node.directions(), batchSize, hidden);
    return given == null || x.size() == 0 ? new double[size] : timeFirst(given).values().clone();
  }

  /** Runs a direction; h and c [N, H] are overwritten by the last states; returns packed rows. */
  private double[] direction(int d, double[] h, double[] c, Computing computing) {
    OnnxTensor bias = input(B);
    OnnxTensor peepholes = input(P);
    RecurrentSpec spec =
        node.stacks()
            .get(d)
            .withInputSize(inputSize)
            .withBias(bias != null)
            .withPeephole(peepholes != null)
            .withPrecision(computing.precision());
    try (Queue queue = computing.device().openQueue();
        ParameterSet parameters = new ParameterSet(queue, 0, "onnx");
        RecurrentLayer layer =
            RecurrentLayer.builder(spec).plan(computing.plan()).build(parameters, "");
        BufferScope scope = new BufferScope(computing.device(), "onnx")) {
      RecurrentWeights.toOurs(
              spec,
              part(w, d),
              part(r, d),
              bias == null ? null : part(bias, d),
              peepholes == null ? null : part(peepholes, d))
          .forEach((name, values) -> parameters.get(name + "_l0").upload(queue, values));
      Matrix input = scope.reals("input", shape.rows(), inputSize);
      Matrix output = scope.reals("output", shape.rows(), hidden);
      Matrix hN = scope.reals("h", batchSize, hidden);
      Matrix cN = spec.cell().hasCellState() ? scope.reals("c", batchSize, hidden) : null;
      queue.upload(packed(node.order().get(d)), 0, input);
      queue.upload(h, 0, hN);
      if (cN != null) {
        queue.upload(c, 0, cN);
      }
      layer.infer(queue, shape, input, hN, cN, output, hN, cN);
      kernel = layer.kernel();
      queue.download(hN, h, 0);
      if (cN != null) {
        queue.download(cN, c, 0);
      }
      double[] rows = new double[shape.rows() * hidden];
      queue.download(output, rows, 0);
      return rows;
    }
  }

  /** X packed, each sequence in the order in which a direction reads it. */
  private double[] packed(RecurrentNode.Direction direction) {
    double[] packed = new double[shape.rows() * inputSize];
    for (int n = 0; n < batchSize; n++) {
      int length = shape.length(n);
      for (int t = 0; t < length; t++) {
        int step = direction == RecurrentNode.Direction.REVERSE ? length - 1 - t : t;
        int row = shape.packedRow(t, n);
        int from = (step * batchSize + n) * inputSize;
        System.arraycopy(x.values(), from, packed, row * inputSize, inputSize);
      }
    }
    return packed;
  }

  /** What belongs to one direction: one of D along the first axis. */
  private static double[] part(OnnxTensor tensor, int d) {
    int size = tensor.size() / tensor.shape()[0];
    return Arrays.copyOfRange(tensor.values(), d * size, (d + 1) * size);
  }
}
