package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.io.ModelFormatException;
import io.carousel.io.TensorDifference;
import io.carousel.io.onnx.OnnxNodeTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Something that holds numbers computed elsewhere or earlier, to be computed again. */
interface Verification {
  /**
   * How far our numbers lie from those of the case.
   *
   * @param what the case is, in a few words
   * @param differences one per tensor
   * @param tolerance what is expected of correct code
   * @param kernel what computed
   * @param why they are not within the tolerance, as far as it is known; else empty
   */
  record Outcome(
      String what,
      List<TensorDifference> differences,
      double tolerance,
      String kernel,
      String why) {
    Outcome(String what, List<TensorDifference> differences, double tolerance, String kernel) {
      this(what, differences, tolerance, kernel, "");
    }

    /** Whether every tensor is near enough. */
    boolean isWithin(double limit) {
      return differences.stream().allMatch(difference -> difference.isWithin(limit));
    }
  }

  /**
   * Computes the case again.
   *
   * @throws IOException when a file cannot be read, or does not hold what it should
   * @throws IllegalArgumentException when the device cannot do it, or it is not supported
   */
  Outcome run(Device device, PlanChoice plan, Precision precision) throws IOException;

  /** What it holds, of many: cases or probes. */
  default String plural() {
    return "cases";
  }

  /**
   * The kind of case that a file or folder is.
   *
   * @throws IOException when it is none, saying what to give instead
   */
  static Verification of(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      Path model = path.resolve("model.safetensors");
      if (!OnnxNodeTest.isIn(path) && Files.isRegularFile(model)) {
        throw new ModelFormatException(path, "this is the folder of a run: give " + model);
      }
      return new OnnxVerification(path);
    }
    if (path.toString().endsWith(".onnx")) {
      throw new ModelFormatException(
          path,
          "its name says ONNX, and an ONNX model has no answers to compare with: give the folder of a node test (model.onnx"
              + " and test_data_set_0), or the model of Carousel that was exported");
    }
    if (ProbeVerification.isModel(path)) {
      return new ProbeVerification(path);
    }
    if (ReferenceVerification.isCase(path)) {
      return new ReferenceVerification(path);
    }
    throw new ModelFormatException(
        path,
        "neither a model of Carousel (metadata 'format' = carousel-model) nor a reference case"
            + " (metadata 'cell', 'source'), or damaged; 'carousel summary' shows what it holds");
  }

  /**
   * The cases of a file or folder that the user named: itself, or the ONNX node tests in it, which
   * may be none.
   *
   * @throws IOException when a folder cannot be read
   */
  static List<Path> in(Path path) throws IOException {
    if (!Files.isDirectory(path) || OnnxNodeTest.isIn(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(OnnxNodeTest::isIn).sorted().toList();
    }
  }
}
