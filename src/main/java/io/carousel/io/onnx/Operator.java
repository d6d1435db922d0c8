package io.carousel.io.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes the outputs of a node from its inputs, on the host. */
@FunctionalInterface
interface Operator {
  /**
   * Computes.
   *
   * @param call the node and its inputs
   * @return its outputs, in order
   * @throws IllegalArgumentException when they do not fit, or ask for what is not supported
   */
  List<OnnxTensor> run(Call call);

  /**
   * A node with its inputs.
   *
   * @param node whose operator runs
   * @param opset version of the operators
   * @param inputs null where one is not given
   */
  record Call(OnnxNode node, int opset, List<@Nullable OnnxTensor> inputs) {
    /** An input that must be there. */
    OnnxTensor input(int index) {
      OnnxTensor tensor = optional(index);
      if (tensor == null) {
        throw new IllegalArgumentException("input %d is missing".formatted(index));
      }
      return tensor;
    }

    /** An input that may be missing. */
    @Nullable OnnxTensor optional(int index) {
      return index < inputs.size() ? inputs.get(index) : null;
    }

    OnnxAttributes attributes() {
      return node.attributes();
    }

    /** A list that is an attribute in older operators and an input in newer ones. */
    long @Nullable [] list(String attribute, int index) {
      OnnxTensor input = optional(index);
      if (input == null) {
        return attributes().integers(attribute);
      }
      long[] list = new long[input.size()];
      for (int i = 0; i < list.length; i++) {
        list[i] = (long) input.values()[i];
      }
      return list;
    }
  }
}
