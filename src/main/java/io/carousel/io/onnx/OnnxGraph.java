package io.carousel.io.onnx;

import java.util.List;
import java.util.Map;

/**
 * Operators with what goes in and comes out.
 *
 * @param name of the graph
 * @param inputs what the caller gives; older files list their initializers here too
 * @param outputs what the caller gets
 * @param initializers constants by name
 * @param nodes in an order in which they can run
 */
record OnnxGraph(
    String name,
    List<Value> inputs,
    List<Value> outputs,
    Map<String, OnnxTensor> initializers,
    List<OnnxNode> nodes) {
  OnnxGraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
  }

  /**
   * A tensor that goes in or comes out.
   *
   * @param name of the value
   * @param type of its elements
   * @param axes a number each, or a name for a size that is known when it runs only
   */
  record Value(String name, OnnxType type, List<String> axes) {
    Value {
      axes = List.copyOf(axes);
    }

    static Value of(String name, OnnxType type, String... axes) {
      return new Value(name, type, List.of(axes));
    }
  }

  /** The inputs that are no initializers. */
  List<Value> freeInputs() {
    return inputs.stream().filter(input -> !initializers.containsKey(input.name())).toList();
  }
}
