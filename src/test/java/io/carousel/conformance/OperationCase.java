package io.carousel.conformance;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One queue operation on random operands. Operands are views into larger buffers, whose whole
 * contents are the result: what an operation writes beside its operands is seen.
 */
final class OperationCase {
  /** What is done with the operands, in the order in which they were added. */
  interface Operation {
    void apply(Queue queue, List<Matrix> operands);
  }

  private record Operand(int rows, int columns, int gap, double[] values, int[] integers) {}

  final String name;
  private final Operation operation;
  private final List<Operand> operands = new ArrayList<>();
  private final Random random;

  OperationCase(String name, Operation operation) {
    this.name = name;
    this.operation = operation;
    random = new Random(name.hashCode());
  }

  /** A strided view of numbers in (-bound, bound). */
  OperationCase reals(int rows, int columns, double bound) {
    return add(rows, columns, 3, bound);
  }

  /** Numbers in (-bound, bound) without gaps. */
  OperationCase contiguous(int rows, int columns, double bound) {
    return add(rows, columns, 0, bound);
  }

  /** A strided view of numbers in [0, 1). */
  OperationCase fractions(int rows, int columns) {
    add(rows, columns, 3, 1);
    double[] values = operands.get(operands.size() - 1).values;
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return this;
  }

  private OperationCase add(int rows, int columns, int gap, double bound) {
    double[] values =
        random.doubles(5 + rows * (columns + gap), -bound, bound).map(x -> (float) x).toArray();
    operands.add(new Operand(rows, columns, gap, values, new int[0]));
    return this;
  }

  /** Integers in [from, to). */
  OperationCase integers(int rows, int columns, int from, int to) {
    int[] values = random.ints(5 + rows * columns, from, to).toArray();
    operands.add(new Operand(rows, columns, 0, new double[0], values));
    return this;
  }

  /** The contents of all buffers after the operation. */
  Map<String, double[]> run(Device device) {
    return run(device, Products.FASTEST);
  }

  /** The same on a queue with those products. */
  Map<String, double[]> run(Device device, Products products) {
    Map<String, double[]> result = new LinkedHashMap<>();
    try (BufferScope scope = new BufferScope(device, name);
        Queue queue = device.openQueue(products)) {
      List<Matrix> whole = new ArrayList<>();
      List<Matrix> views = new ArrayList<>();
      for (Operand o : operands) {
        boolean reals = o.integers.length == 0;
        Matrix all =
            reals
                ? scope.reals("operand", 1, o.values.length)
                : scope.integers("operand", o.integers.length);
        if (reals) {
          queue.upload(o.values, 0, all);
        } else {
          queue.upload(o.integers, 0, all);
        }
        whole.add(all);
        views.add(new Matrix(all.buffer(), 5, o.rows, o.columns, o.columns + o.gap));
      }
      operation.apply(queue, views);
      queue.synchronize();
      for (int i = 0; i < whole.size(); i++) {
        if (operands.get(i).integers.length == 0) {
          double[] values = new double[(int) whole.get(i).size()];
          queue.download(whole.get(i), values, 0);
          result.put("operand " + i, values);
        }
      }
    }
    return result;
  }
}
