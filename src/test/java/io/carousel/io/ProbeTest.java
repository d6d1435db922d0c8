package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved models prove themselves, and damaged ones do not. */
class ProbeTest {
  @TempDir Path folder;

  private Path save(SequenceModel model) throws IOException {
    Path file = folder.resolve("model.safetensors");
    SequenceModelFile.save(model, file);
    return file;
  }

  private static SequenceModel features(Device device) {
    return SequenceModel.around(Lstm.builder(3, 8).layers(2).bidirectional(true))
        .head(2)
        .build(device, 5);
  }

  private static SequenceModel words(Device device) {
    return SequenceModel.around(Gru.builder(4, 6))
        .embedding(50)
        .readout(Readout.LAST_STATE)
        .head(3)
        .build(device, 5);
  }

  private static Probe probe(Path file) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      stored.requireIntact();
      return Objects.requireNonNull(stored.probe());
    }
  }

  @Test
  void answersAreTheSameOnAnyDevice() throws IOException {
    try (Device cpu = Devices.open("cpu");
        Device reference = Devices.open("reference");
        SequenceModel features = features(cpu);
        SequenceModel words = words(cpu)) {
      for (SequenceModel model : new SequenceModel[] {features, words}) {
        Path file = save(model);
        Probe probe = probe(file);
        assertArrayEquals(new int[] {4, 1, 7}, probe.inputs().shape().lengths());
        int rows = model.spec().recurrent().bidirectional() ? 6 : 3;
        assertEquals(rows * model.spec().outputs(), probe.answers().length);
        assertEquals("cpu", probe.device());
        assertEquals(0, probe.compare(b -> SequenceModelFile.answer(model, b)).absolute());
        SequenceModelFile.loadVerified(file, cpu).close();
        SequenceModelFile.loadVerified(file, reference).close();
        assertEquals(2e-5, probe.tolerance(reference, Precision.FP64));
      }
    }
  }

  /** Those of the last layer's reverse direction too, which the last step does not show. */
  @Test
  void everyWeightThatTheProbesReachCounts() throws IOException {
    try (Device device = Devices.open("reference");
        SequenceModel model = features(device)) {
      Probe probe = probe(save(model));
      model
          .parameters()
          .forEach(
              parameter -> {
                double[] values = parameter.download(model.queue());
                double kept = values[values.length - 1];
                values[values.length - 1] = kept + 1;
                parameter.upload(model.queue(), values);
                TensorDifference difference =
                    probe.compare(batch -> SequenceModelFile.answer(model, batch));
                assertFalse(difference.isWithin(2e-5), parameter.path());
                values[values.length - 1] = kept;
                parameter.upload(model.queue(), values);
              });
      assertTrue(probe.compare(b -> SequenceModelFile.answer(model, b)).isWithin(0));
    }
  }

  /** Of any weight, that of a word which no probe holds too, and any bit. */
  @Test
  void oneFlippedBitIsFound() throws IOException {
    try (Device device = Devices.open("cpu");
        SequenceModel model = words(device)) {
      Path file = save(model);
      byte[] intact = Files.readAllBytes(file);
      try (ModelFile stored = ModelFile.open(file)) {
        int start = (int) stored.tensors().dataStart();
        for (String name : stored.tensors().names()) {
          byte[] damaged = intact.clone();
          damaged[start + (int) stored.tensors().entry(name).end() - 4] ^= 1;
          Path broken = folder.resolve("broken.safetensors");
          Files.write(broken, damaged);
          Failures.assertProblem(
              () -> SequenceModelFile.load(broken, device).close(),
              broken,
              "the weights are not those that were saved: their SHA-256 is ");
        }
      }
    }
  }

  @Test
  void changedAnswersAreFound() throws IOException {
    try (Device device = Devices.open("cpu");
        SequenceModel model = features(device)) {
      Path file = save(model);
      byte[] bytes = Files.readAllBytes(file);
      try (SafetensorsFile stored = SafetensorsFile.open(file)) {
        long at = stored.dataStart() + stored.entry("probe.answers").begin();
        bytes[(int) at + 2] ^= 0x20;
      }
      Files.write(file, bytes);
      Failures.assertProblem(
          () -> SequenceModelFile.loadVerified(file, device),
          file,
          "on cpu the model answers otherwise than when it was saved");
    }
  }

  /** Another model's inputs or answers, which a file may hold that somebody made. */
  @Test
  void aProbeOfAnotherModelIsRefusedByTheFilesName() throws IOException {
    SequenceBatch narrow = Probe.features(2);
    SequenceBatch wide = Probe.features(3);
    SequenceBatch empty = Probe.features(3, PackedShape.of(2, 0));
    try (Device device = Devices.open("reference");
        SequenceModel features = features(device);
        SequenceModel words = words(device)) {
      String none = "the probe is none of this model: ";
      requireRefused(features, new Probe(narrow, new float[12], "cpu", Precision.FP32), none);
      requireRefused(features, new Probe(wide, new float[11], "cpu", Precision.FP32), none);
      requireRefused(features, new Probe(Probe.ids(3), new float[12], "cpu", Precision.FP32), none);
      requireRefused(
          features,
          new Probe(empty, new float[8], "cpu", Precision.FP32),
          "the probe's inputs do not have the shape of their lengths");
      requireRefused(words, new Probe(wide, new float[9], "cpu", Precision.FP32), none);
      requireRefused(words, new Probe(Probe.ids(500), new float[9], "cpu", Precision.FP32), none);
    }
  }

  private void requireRefused(SequenceModel model, Probe probe, String problem) throws IOException {
    Path file = save(model);
    Path forged = folder.resolve("forged.safetensors");
    try (ModelFile stored = ModelFile.open(file)) {
      ModelFile.write(
          forged,
          stored.description(),
          ParameterTensors.of(model.parameters(), model.queue()),
          stored.aliases(),
          probe);
    }
    Failures.assertProblem(
        () -> SequenceModelFile.loadVerified(forged, model.queue().device()), forged, problem);
  }

  @Test
  void filesWithoutProbeStayReadable() throws IOException {
    Path file = folder.resolve("old.safetensors");
    SafetensorsWriter tensors = new SafetensorsWriter().add("probe.weight", new float[1], 1);
    ModelFile.write(file, JsonNodeFactory.instance.objectNode(), tensors, Map.of());
    try (ModelFile stored = ModelFile.open(file)) {
      assertNull(stored.probe());
      stored.requireIntact();
      assertNotNull(stored.tensors().entry("probe.weight"));
    }
  }

  @Test
  void brokenProbesAreRefusedByName() throws IOException {
    try (Device device = Devices.open("cpu");
        SequenceModel model = features(device)) {
      Path file = save(model);
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      refused(file, text, "probe.answers", "probe.replies", "there is no tensor 'probe.answers'");
      refused(file, text, "\\\"fp32\\\"", "\\\"fp33\\\"", "unknown precision 'fp33'");
      refused(file, text, "\\\"device\\\"", "\\\"devise\\\"", "no field 'device'");
    }
  }

  private static void refused(Path file, String text, String from, String to, String problem)
      throws IOException {
    assertTrue(text.contains(from), from);
    Files.writeString(file, text.replace(from, to), StandardCharsets.ISO_8859_1);
    Failures.assertProblem(
        () -> {
          try (ModelFile stored = ModelFile.open(file)) {
            stored.probe();
          }
        },
        file,
        problem);
  }
}
