package io.carousel.device;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a stack as its products take them: the weights themselves, or 16-bit copies that
 * are made anew when the weights were written.
 */
public final class OperandWeights implements AutoCloseable {
  private final ElementType operand;
  private final BufferScope scope;
  private @Nullable StackWeights source;
  private List<LayerWeights> copies = List.of();

  /** Those of a stack on a device; nothing is allocated yet. */
  public OperandWeights(Device device, RecurrentSpec spec) {
    operand = device.operandType(spec.precision());
    scope = new BufferScope(device, "operand weights");
  }

  /**
   * The weights of each layer and direction as factors of products; the same list as long as the
   * weights are.
   */
  public List<LayerWeights> of(Queue queue, StackWeights weights) {
    if (operand == queue.device().realType()) {
      return weights.runs();
    }
    if (copies.isEmpty()) {
      copies = allocate(weights.runs());
      source = null;
    }
    if (!weights.equals(source)) {
      convert(queue, weights.runs());
      source = weights;
    }
    return copies;
  }

  private List<LayerWeights> allocate(List<LayerWeights> runs) {
    List<LayerWeights> made = new ArrayList<>();
    for (LayerWeights w : runs) {
      made.add(w.withFactors(like(w.weightIh()), like(w.weightHh()), likeOrNull(w.weightHr())));
    }
    return made;
  }

  private @Nullable Matrix likeOrNull(@Nullable Matrix matrix) {
    return matrix == null ? null : like(matrix);
  }

  private Matrix like(Matrix matrix) {
    return scope.matrix(operand, "weight", matrix.rows(), matrix.columns());
  }

  private void convert(Queue queue, List<LayerWeights> runs) {
    List<LayerWeights> made = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      LayerWeights from = runs.get(run);
      LayerWeights copy = copies.get(run);
      LayerWeights to = from.withFactors(copy.weightIh(), copy.weightHh(), copy.weightHr());
      queue.copy(from.weightIh(), to.weightIh());
      queue.copy(from.weightHh(), to.weightHh());
      if (from.weightHr() != null && to.weightHr() != null) {
        queue.copy(from.weightHr(), to.weightHr());
      }
      made.add(to);
    }
    copies = List.copyOf(made); // it becomes part of a recording's key
  }

  @Override
  public void close() {
    copies = List.of();
    scope.close();
  }
}
