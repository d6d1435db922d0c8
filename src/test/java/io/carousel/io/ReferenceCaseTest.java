package io.carousel.io;

import static io.carousel.io.Failures.assertProblem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reference cases are read whole, and a case that contradicts itself is refused by name. */
class ReferenceCaseTest {
  @TempDir Path folder;

  /** A case under construction: its metadata and tensors can be made wrong. */
  static final class Draft {
    final Map<String, String> metadata = new LinkedHashMap<>();
    final Map<String, long[]> shapes = new LinkedHashMap<>();
    final Map<String, Object> values = new LinkedHashMap<>();

    static Draft of(String cell, boolean packed) {
      Draft draft = new Draft();
      Map<String, String> metadata = draft.metadata;
      metadata.put("cell", cell);
      metadata.put("num_layers", "1");
      metadata.put("bidirectional", "false");
      metadata.put("bias", "true");
      metadata.put("proj_size", "0");
      metadata.put("T", "2");
      metadata.put("B", "3");
      metadata.put("input_size", "2");
      metadata.put("hidden_size", "1");
      metadata.put("packed", Boolean.toString(packed));
      metadata.put("source", "made by hand");
      int gates = cell.equals("lstm") ? 4 : cell.equals("gru") ? 3 : 1;
      draft.tensor("input", 2, 3, 2).tensor("h0", 1, 3, 1);
      draft.tensor("weight_ih_l0", gates, 2).tensor("weight_hh_l0", gates, 1);
      draft.tensor("bias_ih_l0", gates).tensor("bias_hh_l0", gates);
      draft.tensor("output", 2, 3, 1).tensor("hn", 1, 3, 1);
      draft.tensor("loss_w_output", 2, 3, 1).tensor("loss_w_hn", 1, 3, 1).tensor("loss", 1);
      draft.tensor("grad.input", 2, 3, 2).tensor("grad.h0", 1, 3, 1);
      draft.tensor("grad.weight_ih_l0", gates, 2).tensor("grad.weight_hh_l0", gates, 1);
      draft.tensor("grad.bias_ih_l0", gates).tensor("grad.bias_hh_l0", gates);
      if (cell.equals("lstm")) {
        draft.tensor("c0", 1, 3, 1).tensor("cn", 1, 3, 1);
        draft.tensor("loss_w_cn", 1, 3, 1).tensor("grad.c0", 1, 3, 1);
      }
      if (packed) {
        draft.put("lengths", new long[] {1, 0, 2}, 3);
      }
      return draft;
    }

    Draft tensor(String name, long... shape) {
      double[] numbers = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      Arrays.setAll(numbers, i -> name.hashCode() % 100 + i / 8.0);
      return put(name, numbers, shape);
    }

    Draft put(String name, Object array, long... shape) {
      shapes.put(name, shape);
      values.put(name, array);
      return this;
    }

    Draft remove(String name) {
      shapes.remove(name);
      values.remove(name);
      return this;
    }

    Path write(Path file) throws IOException {
      SafetensorsWriter writer = new SafetensorsWriter();
      metadata.forEach(writer::metadata);
      shapes.forEach(
          (name, shape) -> {
            Object array = values.get(name);
            if (array instanceof double[] doubles) {
              writer.add(name, doubles, shape);
            } else if (array instanceof float[] floats) {
              writer.add(name, floats, shape);
            } else if (array instanceof int[] ints) {
              writer.add(name, ints, shape);
            } else if (array instanceof long[] longs) {
              writer.add(name, longs, shape);
            }
          });
      writer.write(file);
      return file;
    }
  }

  @ParameterizedTest
  @CsvSource({"rnn_tanh,false", "rnn_relu,true", "lstm,false", "lstm,true", "gru,true"})
  void everyCellIsRead(String cell, boolean packed) throws IOException {
    Draft draft = Draft.of(cell, packed);
    ReferenceCase read = ReferenceCase.read(draft.write(folder.resolve("case.safetensors")));
    ReferenceSpec spec = read.spec();
    assertEquals(cell, spec.cell().id());
    assertEquals(1, spec.numLayers());
    assertEquals(1, spec.directions());
    assertEquals(2, spec.seqLen());
    assertEquals(3, spec.batchSize());
    assertEquals(2, spec.inputSize());
    assertEquals(1, spec.hiddenSize());
    assertEquals(Dtype.F64, read.dtype());
    assertEquals("made by hand", read.source());
    assertEquals(packed, spec.packed());
    assertArrayEquals(packed ? new int[] {1, 0, 2} : new int[] {2, 2, 2}, read.lengths());
    draft.remove("lengths");
    assertEquals(draft.shapes.keySet(), read.tensors().keySet());
    draft.shapes.forEach(
        (name, shape) -> {
          assertArrayEquals(shape, read.tensor(name).shape(), name);
          assertArrayEquals((double[]) draft.values.get(name), read.tensor(name).values(), name);
        });
    Failures.assertBadArgument(
        () -> read.tensor("weight_ih_l1"), "no tensor 'weight_ih_l1'; the nearest: 'weight_");
  }

  static Stream<Arguments> badMetadata() {
    return Stream.of(
        arguments("cell", "LSTM", "metadata cell is 'LSTM', expected rnn_tanh, rnn_relu, lstm or"),
        arguments("num_layers", "0", "metadata num_layers is '0', expected a whole number from 1"),
        arguments("num_layers", "999999999", "num_layers is 999999999, but the file holds only"),
        arguments("num_layers", "2", "missing tensors: 'weight_ih_l1'"),
        arguments("bidirectional", "True", "bidirectional is 'True', expected true or false"),
        arguments("bidirectional", "true", "missing tensors: 'weight_ih_l0_reverse'"),
        arguments("bias", "false", "unexpected tensors: 'bias_ih_l0'"),
        arguments("bias", "1", "metadata bias is '1', expected true or false"),
        arguments("proj_size", "-1", "metadata proj_size is '-1'"),
        arguments("proj_size", "1", "proj_size 1 is not smaller than hidden_size 1"),
        arguments("T", "3", "tensor 'input' has shape [2, 3, 2], expected [3, 3, 2]"),
        arguments("T", "0", "metadata T is '0'"),
        arguments("T", "99999999999999999999", "metadata T is '99999999999999999999'"),
        arguments("B", "4", "tensor 'input' has shape [2, 3, 2], expected [2, 4, 2]"),
        arguments("B", "3.0", "metadata B is '3.0'"),
        arguments("input_size", "5", "tensor 'input' has shape [2, 3, 2], expected [2, 3, 5]"),
        arguments("input_size", "", "metadata input_size is ''"),
        arguments("hidden_size", "2", "tensor 'h0' has shape [1, 3, 1], expected [1, 3, 2]"),
        arguments("hidden_size", "01", "metadata hidden_size is '01'"),
        arguments("packed", "true", "missing tensors: 'lengths'"),
        arguments("packed", "yes", "metadata packed is 'yes'"),
        arguments("cell_clip", "3", "unknown metadata: 'cell_clip'"));
  }

  @ParameterizedTest
  @MethodSource
  void badMetadata(String key, String value, String problem) throws IOException {
    Draft draft = Draft.of("lstm", false);
    draft.metadata.put(key, value);
    Path file = draft.write(folder.resolve("case.safetensors"));
    assertProblem(() -> ReferenceCase.read(file), file, problem);
  }

  @Test
  void everyKeyAndEveryTensorIsRequired() throws IOException {
    Path file = folder.resolve("case.safetensors");
    for (String key : Draft.of("gru", true).metadata.keySet()) {
      Draft draft = Draft.of("gru", true);
      draft.metadata.remove(key);
      draft.write(file);
      assertProblem(() -> ReferenceCase.read(file), file, "missing metadata: '" + key + "'");
    }
    for (String name : Draft.of("lstm", true).shapes.keySet()) {
      Draft.of("lstm", true).remove(name).write(file);
      assertProblem(() -> ReferenceCase.read(file), file, "missing tensors: '" + name + "'");
      Draft.of("lstm", true).tensor(name, 9, 9, 9).write(file);
      assertProblem(
          () -> ReferenceCase.read(file),
          file,
          "tensor '" + name + "' has shape [9, 9, 9], expected [");
    }
  }

  static Stream<Arguments> badTensors() {
    return Stream.of(
        arguments(
            change(d -> d.tensor("weight_hr_l0", 1, 1)), "unexpected tensors: 'weight_hr_l0'"),
        arguments(
            change(d -> d.put("loss", new float[1], 1)),
            "tensor 'loss' is F32, but 'input' is F64; a case has one type"),
        arguments(
            change(d -> d.put("input", new int[12], 2, 3, 2)), "'input' is I32, expected F64 or"),
        arguments(
            change(d -> d.put("lengths", new int[] {1, 2, 2}, 3)), "'lengths' is I32, expected"),
        arguments(
            change(d -> d.put("lengths", new long[] {1, 2, 3}, 3)),
            "the length of sequence 2 is 3, expected 0 to T = 2"),
        arguments(
            change(d -> d.put("lengths", new long[] {-1, 2, 2}, 3)), "sequence 0 is -1, expected"),
        arguments(
            change(d -> d.put("lengths", new long[] {1L << 32, 2, 2}, 3)), "is 4294967296, exp"),
        arguments(
            change(d -> d.put("hn", new double[] {0, Double.NaN, 0}, 1, 3, 1)),
            "tensor 'hn' holds NaN at element 1"),
        arguments(
            change(d -> d.put("loss", new double[] {Double.NEGATIVE_INFINITY}, 1)),
            "tensor 'loss' holds -Infinity at element 0"),
        arguments(
            change(d -> d.metadata.put("proj_size", "1")),
            "proj_size is 1, but only an lstm has a projection, not gru"));
  }

  @ParameterizedTest
  @MethodSource
  void badTensors(Consumer<Draft> change, String problem) throws IOException {
    Draft draft = Draft.of("gru", true);
    change.accept(draft);
    Path file = draft.write(folder.resolve("case.safetensors"));
    assertProblem(() -> ReferenceCase.read(file), file, problem);
  }

  @Test
  void floatCasesAreWidened() throws IOException {
    Draft draft = Draft.of("rnn_tanh", false);
    draft.values.replaceAll(
        (name, array) -> {
          float[] floats = new float[((double[]) array).length];
          Arrays.fill(floats, 0.1f);
          return floats;
        });
    ReferenceCase read = ReferenceCase.read(draft.write(folder.resolve("case.safetensors")));
    assertEquals(Dtype.F32, read.dtype());
    assertEquals(0.1f, read.tensor("loss").values()[0]);
  }

  @Test
  void shapesOfAProjectedBidirectionalStackAreThoseOfPyTorch() {
    Map<String, long[]> shapes =
        new ReferenceSpec(ReferenceSpec.Cell.LSTM, 2, true, false, 3, 7, 2, 5, 4, false)
            .tensorShapes();
    assertArrayEquals(new long[] {16, 5}, shapes.get("weight_ih_l0_reverse"));
    assertArrayEquals(new long[] {16, 6}, shapes.get("weight_ih_l1"));
    assertArrayEquals(new long[] {16, 3}, shapes.get("grad.weight_hh_l1_reverse"));
    assertArrayEquals(new long[] {3, 4}, shapes.get("weight_hr_l0"));
    assertArrayEquals(new long[] {4, 2, 3}, shapes.get("h0"));
    assertArrayEquals(new long[] {4, 2, 4}, shapes.get("cn"));
    assertArrayEquals(new long[] {7, 2, 6}, shapes.get("loss_w_output"));
    // 12 parameters, 3 inputs, 3 outputs; gradients of the inputs, weights of the outputs, loss
    assertEquals(2 * 15 + 2 * 3 + 1, shapes.size());
  }

  @Test
  void theCasesOfLibtorchAreRead() throws IOException {
    Path cases = Path.of(System.getProperty("carousel.cases", "../shared/cases"));
    Assumptions.assumeTrue(
        Files.isDirectory(cases),
        () -> "skipped: no reference cases in " + cases + " (set -Dcarousel.cases=DIR)");
    try (Stream<Path> listed = Files.list(cases)) {
      for (Path file : listed.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        assertNamedAfter(file, ReferenceCase.read(file));
      }
    }
  }

  /** The file's name says what the case is; the loss proves that the numbers are the right ones. */
  private static void assertNamedAfter(Path file, ReferenceCase read) {
    ReferenceSpec spec = read.spec();
    String name = String.valueOf(file.getFileName());
    assertTrue(name.startsWith(spec.cell().id() + "_l" + spec.numLayers() + "_"), name);
    assertEquals(name.contains("_bi_"), spec.bidirectional(), name);
    assertEquals(name.contains("_packed_"), spec.packed(), name);
    assertEquals(!name.contains("_nobias"), spec.bias(), name);
    assertEquals(name.contains("_proj"), spec.projSize() > 0, name);
    assertEquals(name.contains("_f64") ? Dtype.F64 : Dtype.F32, read.dtype(), name);
    double loss = weighted(read, "output") + weighted(read, "hn");
    if (spec.cell() == ReferenceSpec.Cell.LSTM) {
      loss += weighted(read, "cn");
    }
    double tolerance = read.dtype() == Dtype.F64 ? 1e-12 : 1e-4;
    assertEquals(read.tensor("loss").values()[0], loss, tolerance, name);
  }

  private static double weighted(ReferenceCase read, String name) {
    double[] values = read.tensor(name).values();
    double[] weights = read.tensor("loss_w_" + name).values();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * weights[i];
    }
    return sum;
  }

  private static Consumer<Draft> change(Consumer<Draft> change) {
    return change;
  }
}
