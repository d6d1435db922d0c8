package io.carousel.io.onnx;

import io.carousel.io.ModelFormatException;
import io.carousel.io.TensorDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A test of the ONNX project: a folder with {@code model.onnx} and folders {@code test_data_set_0},
 * … that hold {@code input_0.pb}, … and {@code output_0.pb}, …, the tensors of the graph's inputs
 * and outputs in order.
 */
public final class OnnxNodeTest {
  private static final String MODEL = "model.onnx";

  private final OnnxProgram program;
  private final List<DataSet> dataSets;

  private record DataSet(
      String name, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

  private OnnxNodeTest(OnnxProgram program, List<DataSet> dataSets) {
    this.program = program;
    this.dataSets = dataSets;
  }

  /** Whether a folder looks like such a test. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(MODEL));
  }

  /**
   * Reads a test.
   *
   * @throws ModelFormatException when a file does not hold what it should, or the model asks for
   *     what is not supported
   * @throws IOException when a file is missing or cannot be read
   */
  public static OnnxNodeTest read(Path folder) throws IOException {
    if (!isIn(folder)) {
      throw new ModelFormatException(folder, "no ONNX node test: there is no " + MODEL + " in it");
    }
    OnnxProgram program = OnnxProgram.read(folder.resolve(MODEL));
    List<DataSet> dataSets = new ArrayList<>();
    for (Path sub : sorted(folder, "test_data_set_")) {
      Map<String, OnnxTensor> inputs = tensors(sub, "input_", program.listedInputs());
      Map<String, OnnxTensor> outputs = tensors(sub, "output_", program.outputs());
      if (outputs.isEmpty()) {
        throw new ModelFormatException(sub, "there is no output_0.pb to compare with");
      }
      dataSets.add(new DataSet(String.valueOf(sub.getFileName()), inputs, outputs));
    }
    if (dataSets.isEmpty()) {
      throw new ModelFormatException(folder, "there is no folder test_data_set_0");
    }
    return new OnnxNodeTest(program, dataSets);
  }

  private static List<Path> sorted(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  /** The tensors NAME_0.pb, NAME_1.pb, … under the names that the graph gives these places. */
  private static Map<String, OnnxTensor> tensors(Path folder, String prefix, List<String> names)
      throws IOException {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    for (Path file : sorted(folder, prefix)) {
      String number = String.valueOf(file.getFileName()).substring(prefix.length());
      if (!number.matches("[0-9]{1,4}\\.pb")) {
        throw new ModelFormatException(file, "expected a name like " + prefix + "0.pb");
      }
      int index = Integer.parseInt(number.substring(0, number.indexOf('.')));
      if (index >= names.size()) {
        throw new ModelFormatException(file, "the graph has %d of these".formatted(names.size()));
      }
      tensors.put(names.get(index), OnnxReader.tensor(file));
    }
    return tensors;
  }

  /** Which operators run, and on how many sets of data, in words. */
  public String description() {
    return "%s, %d data set(s)".formatted(program, dataSets.size());
  }

  /** Whether all numbers that are compared are in double precision. */
  public boolean isFloat64() {
    return dataSets.stream()
        .flatMap(set -> set.outputs.values().stream())
        .allMatch(tensor -> tensor.type() == OnnxType.DOUBLE);
  }

  /**
   * How far each output lies from that of the test.
   *
   * @param kernels what computed the recurrent operators
   * @param differences one per output and data set
   */
  public record Result(String kernels, List<TensorDifference> differences) {}

  /**
   * Runs the test.
   *
   * @throws IllegalArgumentException when the graph cannot run, with the node and the reason, or
   *     when an output has another shape or type than that of the test
   */
  public Result run(Computing computing) {
    List<TensorDifference> differences = new ArrayList<>();
    TreeSet<String> kernels = new TreeSet<>();
    for (DataSet set : dataSets) {
      OnnxProgram.Result result = program.run(set.inputs, computing);
      kernels.addAll(result.kernels());
      set.outputs.forEach(
          (name, expected) -> {
            OnnxTensor computed = result.outputs().get(name);
            if (computed == null
                || computed.type() != expected.type()
                || !Arrays.equals(computed.shape(), expected.shape())) {
              throw new IllegalArgumentException(
                  "%s: computed %s as %s, the test has %s"
                      .formatted(set.name, name, computed, expected));
            }
            String title = dataSets.size() == 1 ? name : set.name + " " + name;
            differences.add(TensorDifference.of(title, expected.values(), computed.values()));
          });
    }
    return new Result(String.join(", ", kernels), List.copyOf(differences));
  }
}
