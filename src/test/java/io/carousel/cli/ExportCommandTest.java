package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.onnx.OnnxProgram;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  @TempDir Path folder;

  private Path save(Lstm.Builder stack) throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(stack).head(2).build(device, 1)) {
      SequenceModelFile.save(
          model, JsonNodeFactory.instance.objectNode().put("meanMillivolts", 0.25), file);
    }
    return file;
  }

  @Test
  void aSavedModelBecomesAnOnnxFile() throws IOException {
    Path model = save(Lstm.builder(3, 4).layers(2));
    Path file = folder.resolve("model.onnx");
    Cli.run("export", "--lengths", "--states", model, "--onnx", file)
        .succeeded()
        .printed(".*model.onnx: [0-9,]+ bytes");
    OnnxProgram program = OnnxProgram.read(file);
    Assertions.assertEquals(List.of("input", "lengths", "h0", "c0"), program.inputs());
    Assertions.assertEquals(List.of("output", "hN", "cN"), program.outputs());
    String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertTrue(bytes.contains("meanMillivolts"), "notes go along");
  }

  @Test
  void damagedWeightsAreNotExported() throws IOException {
    Path model = save(Lstm.builder(3, 4));
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 600] ^= 0x40; // within the weights, which the probe follows
    Files.write(model, bytes);
    Path file = folder.resolve("model.onnx");
    Cli.run("export", model, "--onnx", file)
        .failed(1, model + ": the weights are not those that were saved: their SHA-256 is ");
    assertTrue(Files.notExists(file));
  }

  @Test
  void noFolderIsMade() throws IOException {
    Path file = folder.resolve("missing/folder/model.onnx");
    Cli.run("export", save(Lstm.builder(3, 4)), "--onnx", file)
        .failed(1, file + ": cannot write: the folder " + file.getParent() + " does not exist");
    assertTrue(Files.notExists(folder.resolve("missing")));
  }

  @Test
  void whatOnnxHasNotIsRefused() throws IOException {
    Path model = save(Lstm.builder(3, 4).projection(2));
    Path file = folder.resolve("model.onnx");
    Cli.run("export", model, "--onnx", file).failed(1, "a projection (here to 2) is not exported");
    assertTrue(Files.notExists(file));
  }
}
