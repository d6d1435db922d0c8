package io.carousel.io;

import static io.carousel.io.Failures.assertBadArgument;
import static io.carousel.io.Failures.assertProblem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models keep their description, their tied tensors and their readability over the versions. */
class ModelFileTest {
  @TempDir Path folder;

  /** A tiny model with a tied tensor; the frozen file of version 1 holds exactly this. */
  static void writeTiny(Path file) throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description
        .putObject("architecture")
        .put("cell", "lstm")
        .put("inputSize", 1)
        .put("hiddenSize", 1);
    description.putObject("normalisation").put("mean", -0.25).put("std", 1.5);
    SafetensorsWriter tensors =
        new SafetensorsWriter()
            .add("embedding.weight", new float[] {0.5f, -1.25f, 3}, 3, 1)
            .add("lstm.weight_ih_l0", new float[] {1, 2, 3, 4}, 4, 1)
            .add("lstm.weight_hh_l0", new float[] {-1, -2, -3, -4}, 4, 1)
            .add("vocabulary", new long[] {7, 8, 9}, 3);
    ModelFile.write(file, description, tensors, Map.of("output.weight", "embedding.weight"));
  }

  @Test
  void comesBackWholeWithItsTiedTensors() throws IOException {
    Path file = folder.resolve("model.safetensors");
    writeTiny(file);
    assertTiny(file);
  }

  @Test
  void theFrozenFileOfVersion1StaysReadableAndIsStillWrittenByteForByte() throws IOException {
    Path frozen = folder.resolve("frozen.safetensors");
    try (InputStream resource = ModelFileTest.class.getResourceAsStream("model-v1.safetensors")) {
      Files.write(frozen, Objects.requireNonNull(resource, "model-v1.safetensors").readAllBytes());
    }
    assertTiny(frozen);
    Path written = folder.resolve("written.safetensors");
    writeTiny(written);
    assertArrayEquals(Files.readAllBytes(frozen), Files.readAllBytes(written));
  }

  private static void assertTiny(Path file) throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      String cell =
          model.describe(
              d -> {
                assertEquals(
                    List.of(-0.25, 1.5),
                    d.<List<Double>>object(
                        "normalisation", n -> List.of(n.number("mean"), n.number("std"))));
                return d.<String>object(
                    "architecture",
                    a -> a.text("cell") + a.integer("inputSize") + a.integer("hiddenSize"));
              });
      assertEquals("lstm11", cell);
      assertEquals(Map.of("output.weight", "embedding.weight"), model.aliases());
      model
          .tensors()
          .requireNames(
              List.of(
                  "embedding.weight",
                  "lstm.weight_ih_l0",
                  "lstm.weight_hh_l0",
                  "vocabulary",
                  "output.weight"));
      assertArrayEquals(
          new float[] {0.5f, -1.25f, 3}, model.tensors().readFloats("embedding.weight"));
      assertArrayEquals(new float[] {0.5f, -1.25f, 3}, model.tensors().readFloats("output.weight"));
      assertEquals("output.weight", model.tensors().require("output.weight", 3, 1).name());
      assertArrayEquals(new float[] {1, 2, 3, 4}, model.tensors().readFloats("lstm.weight_ih_l0"));
      assertArrayEquals(
          new float[] {-1, -2, -3, -4}, model.tensors().readFloats("lstm.weight_hh_l0"));
      assertArrayEquals(new long[] {7, 8, 9}, model.tensors().readLongs("vocabulary"));
      assertEquals("lstm", model.description().path("architecture").path("cell").textValue());
    }
  }

  static Stream<Arguments> badMetadata() {
    return Stream.of(
        arguments(Map.of("format", "pt"), "this is a 'pt' file, expected 'carousel-model'"),
        arguments(Map.of("format", "carousel-checkpoint"), "this is a 'carousel-checkpoint' file"),
        arguments(
            Map.of("formatVersion", "3"),
            "written by a newer Carousel: format version 3, this one reads up to 2"),
        arguments(Map.of("formatVersion", "999999999"), "written by a newer Carousel"),
        arguments(Map.of("formatVersion", "0"), "version '0' is no positive whole number"),
        arguments(Map.of("formatVersion", "-1"), "version '-1' is no positive whole number"),
        arguments(Map.of("formatVersion", "1.0"), "version '1.0' is no positive"),
        arguments(Map.of("formatVersion", "99999999999999999999"), "is no positive"),
        arguments(Map.of("description", "[]"), "description is not a JSON object"),
        arguments(Map.of("description", "{"), "description is no valid JSON"),
        arguments(Map.of("aliases", "[]"), "aliases is not a JSON object"),
        arguments(Map.of("aliases", "{\"y\":1}"), "alias 'y' does not give a name"),
        arguments(Map.of("aliases", "{\"y\":\"z\"}"), "'y' stands for 'z', which is not stored"),
        arguments(Map.of("aliases", "{\"x\":\"x\"}"), "'x' is also the name of a stored tensor"),
        arguments(
            Map.of("aliases", "{\"y\":\"x\",\"z\":\"y\"}"), "stands for 'y', which is not stored"),
        arguments(Map.of("cellClip", "3"), "unknown metadata 'cellClip'"));
  }

  @ParameterizedTest
  @MethodSource
  void badMetadata(Map<String, String> changes, String problem) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, String> metadata = validMetadata();
    metadata.putAll(changes);
    write(file, metadata);
    assertProblem(() -> ModelFile.open(file), file, problem);
  }

  @Test
  void everyKeyIsRequired() throws IOException {
    Path file = folder.resolve("model.safetensors");
    for (String key : validMetadata().keySet()) {
      Map<String, String> metadata = validMetadata();
      metadata.remove(key);
      write(file, metadata);
      assertProblem(() -> ModelFile.open(file), file, "metadata has no '" + key + "'");
    }
    write(file, validMetadata());
    ModelFile.open(file).close();
  }

  @Test
  void fieldsThatTheReaderDoesNotKnowAreNamed() throws IOException {
    Path file = folder.resolve("model.safetensors");
    writeTiny(file);
    try (ModelFile model = ModelFile.open(file)) {
      assertProblem(
          () ->
              model.describe(
                  d ->
                      d.<String>object(
                          "architecture", a -> a.text("cell") + a.integer("inputSize"))),
          file,
          "description.architecture: unknown fields 'hiddenSize'; known are 'cell', 'inputSize'");
    }
  }

  @Test
  void badArgumentsLeaveTheOldModel() throws IOException {
    Path file = folder.resolve("model.safetensors");
    writeTiny(file);
    byte[] before = Files.readAllBytes(file);
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    ObjectNode nan = JsonNodeFactory.instance.objectNode().put("std", Double.NaN);
    SafetensorsWriter tensors = new SafetensorsWriter().add("x", new float[1], 1);
    assertBadArgument(
        () -> ModelFile.write(file, description, tensors, Map.of("x", "x")),
        "alias 'x' is also the name of a stored tensor");
    assertBadArgument(
        () -> ModelFile.write(file, description, tensors, Map.of("y", "z")),
        "alias 'y' stands for 'z', which is not stored");
    assertBadArgument(
        () -> ModelFile.write(file, nan, tensors, Map.of()), "description.std is NaN");
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(List.of("model.safetensors"), AtomicFileTest.names(folder));
  }

  private static Map<String, String> validMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "carousel-model");
    metadata.put("formatVersion", "1");
    metadata.put("description", "{}");
    metadata.put("aliases", "{}");
    return metadata;
  }

  private static void write(Path file, Map<String, String> metadata) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().add("x", new float[1], 1);
    metadata.forEach(writer::metadata);
    writer.write(file);
  }
}
