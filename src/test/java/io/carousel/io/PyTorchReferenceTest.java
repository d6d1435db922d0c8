package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs, final states and gradients equal those that PyTorch 1.13 computed in float64. */
class PyTorchReferenceTest {
  /** What the JSON files call the tensors of a case. */
  private static final Map<String, String> NAMES =
      Map.of(
          "x",
          "input",
          "h0",
          "h0",
          "c0",
          "c0",
          "output",
          "output",
          "h_n",
          "hn",
          "c_n",
          "cn",
          "d_output",
          "loss_w_output",
          "d_h_n",
          "loss_w_hn",
          "d_c_n",
          "loss_w_cn");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"reference, FP64, 1e-9", "cpu, FP32, 1e-4"})
  void everyFileIsReproduced(String deviceName, Precision precision, double tolerance)
      throws IOException {
    List<Path> files = files();
    assertEquals(6, files.size(), "files");
    try (Device device = TestData.openOrSkip(deviceName)) {
      for (Path file : files) {
        ReferenceCase reference = ReferenceCase.read(convert(file, folder));
        ReferenceRun run = ReferenceRun.of(reference, device, PlanChoice.AUTO, precision);
        assertTrue(run.isWithin(tolerance), file + ": " + run.differences());
      }
    }
  }

  /** The files that hold one pass, not a training. */
  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(TestData.require("pytorch-reference"))) {
      return all.filter(file -> file.toString().endsWith(".json"))
          .filter(file -> !file.getFileName().toString().startsWith("train_"))
          .sorted()
          .toList();
    }
  }

  /** One of them as a reference case. */
  static Path convert(Path file, Path folder) throws IOException {
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    SafetensorsWriter writer = new SafetensorsWriter();
    NAMES.forEach((theirs, ours) -> add(writer, ours, json.get(theirs)));
    List.of("x", "h0", "c0")
        .forEach(name -> add(writer, "grad." + NAMES.get(name), json.get("grad_" + name)));
    json.get("params").properties().forEach(p -> add(writer, p.getKey(), p.getValue()));
    json.get("grad_params")
        .properties()
        .forEach(p -> add(writer, "grad." + p.getKey(), p.getValue()));
    writer.add("loss", new double[] {json.get("loss").asDouble()}, 1);
    boolean packed = !json.get("lengths").isNull();
    if (packed) {
      JsonNode lengths = json.get("lengths");
      writer.add(
          "lengths",
          IntStream.range(0, lengths.size()).mapToLong(i -> lengths.get(i).asLong()).toArray(),
          lengths.size());
    }
    String cell = json.get("cell").asText().toLowerCase(Locale.ROOT);
    writer.metadata("cell", cell.equals("rnn") ? "rnn_" + json.get("nonlinearity").asText() : cell);
    writer.metadata("packed", Boolean.toString(packed));
    writer.metadata("source", json.get("oracle").asText());
    for (String key :
        List.of("num_layers", "bidirectional", "bias", "proj_size", "input_size", "hidden_size")) {
      writer.metadata(key, json.get(key).asText());
    }
    writer.metadata("T", json.get("x").get("shape").get(0).asText());
    writer.metadata("B", json.get("x").get("shape").get(1).asText());
    Path converted = folder.resolve(file.getFileName() + ".safetensors");
    writer.write(converted);
    return converted;
  }

  private static void add(SafetensorsWriter writer, String name, JsonNode tensor) {
    if (tensor != null) {
      writer.add(name, doubles(tensor.get("data")), longs(tensor.get("shape")));
    }
  }

  private static double[] doubles(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).asDouble()).toArray();
  }

  private static long[] longs(JsonNode array) {
    return IntStream.range(0, array.size()).mapToLong(i -> array.get(i).asLong()).toArray();
  }
}
