package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceModelFileTest {
  @TempDir Path folder;

  @Test
  void predictsTheSameAfterLoading() throws Exception {
    List<RecurrentLayer.Builder<?, ?>> stacks =
        List.of(
            Lstm.builder(3, 8).layers(2).bidirectional(true).projection(5),
            Gru.builder(3, 4).resetAfter(false).bias(false),
            Rnn.builder(3, 4).activation(Activation.RELU),
            Lstm.builder(3, 5)
                .layers(2)
                .bidirectional(true)
                .peephole(true)
                .coupledInputForget(true)
                .cellClip(0.25)
                .gateActivation(Activation.TANH)
                .activation(Activation.SIGMOID),
            Gru.builder(3, 4).gateActivation(Activation.TANH).activation(Activation.RELU),
            Gru.builder(3, 4).gateActivation(Activation.HARD_SIGMOID).resetAfter(false),
            Lstm.builder(3, 4)
                .gateActivation(Activation.SIGMOID.withClip(0.1))
                .activation(Activation.elu(1.5).withClip(0.1))
                .cellOutputActivation(Activation.SOFTSIGN));
    int[] ids = {1, 2, 3, 4, 5, 6, 0, 1};
    for (String name : List.of("cpu", "reference")) {
      for (RecurrentLayer.Builder<?, ?> stack : stacks) {
        try (Device device = Devices.open(name);
            SequenceModel model =
                SequenceModel.around(stack)
                    .embedding(7)
                    .readout(
                        stack.spec().cell().hasCellState() ? Readout.LAST_CELL : Readout.LAST_STATE)
                    .head(2)
                    .outputActivation(Activation.SIGMOID)
                    .build(device, 9)) {
          Path file = folder.resolve("model.safetensors");
          ObjectNode notes = JsonNodeFactory.instance.objectNode().put("by", "test");
          SequenceModelFile.save(model, notes, file);
          SequenceBatch batch = SequenceBatch.ofIds(PackedShape.dense(4, 2), ids);
          try (SequenceModel loaded = SequenceModelFile.load(file, device)) {
            assertEquals(model.spec(), loaded.spec());
            assertArrayEquals(model.predict(batch), loaded.predict(batch));
          }
          assertEquals(notes, SequenceModelFile.notes(file));
        }
      }
    }
  }

  /** Written before models had tied heads and dropout of inputs. */
  @Test
  void theFrozenFileOfTheFirstVersionStaysReadableAndIsStillWritten() throws Exception {
    Path frozen = folder.resolve("frozen.safetensors");
    try (InputStream resource =
        SequenceModelFileTest.class.getResourceAsStream("sequence-model-v1.safetensors")) {
      Files.write(frozen, Objects.requireNonNull(resource).readAllBytes());
    }
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModelFile.load(frozen, device)) {
      assertFalse(model.spec().tied());
      assertEquals(0, model.spec().inputDropout());
      assertEquals(0.25, model.spec().headDropout());
      SequenceBatch batch = SequenceBatch.ofIds(PackedShape.dense(2, 1), new int[] {1, 3});
      assertArrayEquals(
          new float[] {-0.1698194f, -0.2577941f, -0.120204344f, -0.25247553f},
          model.predict(batch),
          1e-6f);
      Path written = folder.resolve("written.safetensors");
      SequenceModelFile.save(model, SequenceModelFile.notes(frozen), written);
      try (ModelFile theirs = ModelFile.open(frozen);
          ModelFile ours = ModelFile.open(written)) {
        assertNull(theirs.probe());
        assertEquals(theirs.description(), ours.description());
        assertEquals(theirs.aliases(), ours.aliases());
        assertEquals(
            WeightsChecksum.of(theirs.tensors()), WeightsChecksum.of(ours.tensors()), "weights");
      }
    }
  }

  /** The first file with a probe: the same model, saved on the reference device. */
  @Test
  void theFrozenFileOfTheSecondVersionStillProvesItself() throws Exception {
    Path frozen = folder.resolve("frozen.safetensors");
    try (InputStream resource =
        SequenceModelFileTest.class.getResourceAsStream("sequence-model-v2.safetensors")) {
      Files.write(frozen, Objects.requireNonNull(resource).readAllBytes());
    }
    for (String name : List.of("cpu", "reference")) {
      try (Device device = Devices.open(name)) {
        SequenceModelFile.loadVerified(frozen, device).close();
      }
    }
  }

  /**
   * Descriptions that are well-formed and cannot be run, or that ask for more than the file holds.
   */
  @Test
  void refusesWhatCannotBeRunAndLeavesNothingBehind() throws Exception {
    Map<String, JsonNode> edits =
        Map.ofEntries(
            Map.entry("peephole", BooleanNode.TRUE),
            Map.entry("precision", TextNode.valueOf("bf16")),
            Map.entry("gateActivation", TextNode.valueOf("step")),
            Map.entry("activation", TextNode.valueOf("elu(alpha=-1.0)")),
            Map.entry("cellOutputActivation", TextNode.valueOf("hard_sigmoid")),
            Map.entry("cell", TextNode.valueOf("transformer")),
            Map.entry("hiddenSize", IntNode.valueOf(1 << 30)),
            Map.entry("numLayers", IntNode.valueOf(3)),
            Map.entry("dropout", IntNode.valueOf(2)),
            Map.entry("attention", BooleanNode.TRUE));
    try (Device device = Devices.open("cpu")) {
      Path good = folder.resolve("good.safetensors");
      try (SequenceModel model =
          SequenceModel.around(Lstm.builder(3, 4)).embedding(7).head(2).build(device, 1)) {
        SequenceModelFile.save(model, good);
      }
      for (Map.Entry<String, JsonNode> edit : edits.entrySet()) {
        Path bad = folder.resolve(edit.getKey() + ".safetensors");
        try (ModelFile stored = ModelFile.open(good)) {
          ObjectNode description = stored.description();
          description
              .withObject("model")
              .withObject("recurrent")
              .set(edit.getKey(), edit.getValue());
          SafetensorsWriter tensors = new SafetensorsWriter();
          for (String name : stored.tensors().names()) {
            tensors.add(
                name, stored.tensors().readFloats(name), stored.tensors().entry(name).shape());
          }
          ModelFile.write(bad, description, tensors, Map.of());
        }
        ModelFormatException refused =
            assertThrows(
                ModelFormatException.class,
                () -> SequenceModelFile.load(bad, device),
                edit::toString);
        assertTrue(
            refused.getMessage().contains(bad.getFileName().toString()), refused.getMessage());
        assertEquals(0, device.allocatedBytes(), edit.getKey());
      }
    }
  }
}
