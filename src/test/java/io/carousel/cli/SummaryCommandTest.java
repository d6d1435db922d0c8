package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SafetensorsWriter;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryCommandTest {
  @TempDir Path folder;

  private Path save() throws IOException {
    Path file = folder.resolve("model.safetensors");
    ObjectNode notes = JsonNodeFactory.instance.objectNode().put("dataHash", "abc123");
    try (Device device = Devices.open("reference");
        SequenceModel model =
            SequenceModel.around(Lstm.builder(3, 4).layers(2).bidirectional(true))
                .head(2)
                .build(device, 1)) {
      SequenceModelFile.save(model, notes, file);
    }
    return file;
  }

  @Test
  void aModelIsShownWithLayersShapesAndNotes() throws IOException {
    Cli run = Cli.run("summary", save()).succeeded();
    run.printed(" +lstm +layer 0: 3 -> 8, both directions");
    run.printed(" +lstm +layer 1: 8 -> 8, both directions");
    run.printed(" +linear +8 -> 2, of every step");
    run.printed(" +rnn.weight_ih_l1_reverse +F64 +\\[16, 8\\] +128 +1,024");
    // 2·16·(3+4+2) + 2·16·(8+4+2) + 8·2 + 2
    run.printed(" +total +754 +6,032");
    assertTrue(run.out().contains("\"dataHash\" : \"abc123\""), run.out());
  }

  @Test
  void whatDepartsFromTheUsualCellIsSaid() throws IOException {
    Lstm.Builder lstm =
        Lstm.builder(3, 4)
            .peephole(true)
            .cellClip(2)
            .gateActivation(Activation.HARD_SIGMOID)
            .activation(Activation.TANH.withClip(1))
            .cellOutputActivation(Activation.SOFTSIGN);
    Path file = folder.resolve("options.safetensors");
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(lstm).head(2).build(device, 1)) {
      SequenceModelFile.save(model, file);
    }
    String said =
        "lstm  layer 0: 3 -> 4, activation tanh(clip=1.0), gates hard_sigmoid(alpha=0.2, beta=0.5),"
            + " cell output softsign, peepholes, cell within 2.0";
    String printed = Cli.run("summary", file).succeeded().out();
    assertTrue(printed.contains(said), printed);
  }

  @Test
  void theSameAsJson() throws IOException {
    Path file = save();
    JsonNode json =
        new ObjectMapper().readTree(Cli.run("summary", file, "--json").succeeded().out());
    assertEquals(754, json.get("parameters").asInt());
    assertEquals(6032, json.get("parameterBytes").asInt());
    assertEquals(Files.size(file), json.get("fileBytes").asLong());
    assertEquals(18, json.get("tensors").size());
    assertEquals(2, json.at("/description/model/recurrent/numLayers").asInt());
    assertEquals("abc123", json.at("/description/notes/dataHash").asText());
  }

  @Test
  void otherFilesShowTensorsAndMetadataOnOneLineEach() throws IOException {
    Path file = folder.resolve("other.safetensors");
    new SafetensorsWriter()
        .metadata("made by", "a\nforger\u001b[2J")
        .add("x", new float[6], 2, 3)
        .write(file);
    Cli run = Cli.run("summary", file).succeeded();
    run.printed(" +x +F32 +\\[2, 3\\] +6 +24").printed(" +made by: a forger\\\\u001b\\[2J");
  }

  @Test
  void badFilesGiveOneLine() throws IOException {
    byte[] bytes = Files.readAllBytes(save());
    Path file = folder.resolve("bad.safetensors");
    Cli.run("summary", file).failed(1, file + ": no such file");
    Cli.run("summary", folder).failed(1, folder + ": this is a folder");
    Files.createFile(file);
    Cli.run("summary", file).failed(1, file + ": ");
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    Cli.run("summary", file).failed(1, file + ": ");
    Files.writeString(file, "no model at all, just words");
    Cli.run("summary", file).failed(1, "no safetensors file");
  }

  @Test
  void aNameOfOnnxIsSpokenOfWhereTheFileIsNoSafetensors() throws IOException {
    Path onnx = folder.resolve("model.onnx");
    String said =
        ": this is no valid safetensors file, and its name says ONNX: in Java, OnnxImport.";
    Path model = save();
    Cli.run("export", model, "--onnx", onnx).succeeded();
    Cli.run("summary", onnx).failed(1, onnx + said);
    Files.writeString(onnx, "just words");
    Cli.run("summary", onnx).failed(1, onnx + said);
    Files.write(onnx, Files.readAllBytes(model));
    Cli.run("summary", onnx).succeeded();
  }

  @Test
  void aModelOfANewerFormatIsRefused() throws IOException {
    Path file = folder.resolve("newer.safetensors");
    new SafetensorsWriter()
        .metadata("format", "carousel-model")
        .metadata("formatVersion", "99")
        .metadata("description", "{}")
        .write(file);
    Cli.run("summary", file).failed(1, "written by a newer Carousel");
  }
}
