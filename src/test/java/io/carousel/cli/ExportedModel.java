package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.ModelFile;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.onnx.OnnxTensor;
import io.carousel.io.onnx.OnnxType;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.ecg.anomaly.AnomalyDetector;
import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.icu.MortalityModel;
import io.carousel.task.translation.Translator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A trained model that {@code carousel export} writes, held against ONNX Runtime. */
final class ExportedModel implements AutoCloseable {
  private static final float TOLERANCE = 1e-5f;
  private static final List<PackedShape> DENSE =
      List.of(PackedShape.dense(5, 3), PackedShape.dense(1, 1), PackedShape.dense(9, 2));
  private static final List<PackedShape> RAGGED =
      List.of(PackedShape.of(4, 1, 7), PackedShape.of(1), PackedShape.of(3, 3, 9, 2));

  private final Path model;
  private final Path file;
  private final SequenceBatch asked;
  private final Device device = Devices.open("cpu");
  private final Random random = new Random(3);

  /**
   * A model's file.
   *
   * @param folder where exports go
   */
  ExportedModel(Path model, Path folder) throws IOException {
    this.model = model;
    file = folder.resolve("exported.onnx");
    try (ModelFile stored = ModelFile.open(model)) {
      asked = Objects.requireNonNull(stored.probe()).inputs();
    }
  }

  private OnnxRuntime export(String... options) throws IOException, OrtException {
    Object[] words = {"export", model, "--onnx", file};
    Object[] all = Arrays.copyOf(words, words.length + options.length);
    System.arraycopy(options, 0, all, words.length, options.length);
    Cli.run(all).succeeded();
    return new OnnxRuntime(Files.readAllBytes(file));
  }

  /** A batch of what the model takes: numbers, or ids that its probe has. */
  private SequenceBatch batch(PackedShape shape) {
    int cells = shape.steps() * shape.batchSize();
    if (asked.featureCount() == 0) {
      int[] known = asked.ids();
      int[] ids = random.ints(cells, 0, known.length).map(i -> known[i]).toArray();
      return SequenceBatch.ofIds(shape, ids);
    }
    float[] values = new float[cells * asked.featureCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return SequenceBatch.ofFeatures(shape, asked.featureCount(), values);
  }

  private static OnnxTensor input(SequenceBatch batch) {
    int t = batch.shape().steps();
    int n = batch.shape().batchSize();
    return batch.featureCount() == 0
        ? integers(OnnxType.INT64, batch.ids(), t, n)
        : OnnxTensor.floats(batch.features(), t, n, batch.featureCount());
  }

  private static OnnxTensor lengths(SequenceBatch batch) {
    return integers(OnnxType.INT32, batch.shape().lengths(), batch.shape().batchSize());
  }

  private static OnnxTensor integers(OnnxType type, int[] values, int... shape) {
    return new OnnxTensor(type, shape, Arrays.stream(values).asDoubleStream().toArray());
  }

  /** Of one stack and one head. */
  void sequenceModelAgrees() throws IOException, OrtException {
    try (SequenceModel ours = SequenceModelFile.load(model, device)) {
      try (OnnxRuntime theirs = export()) {
        for (PackedShape shape : DENSE) {
          SequenceBatch batch = batch(shape);
          Map<String, OnnxTensor> outputs = theirs.run(Map.of("input", input(batch)));
          assertArrayEquals(ours.predict(batch), outputs.get("output").floats(), TOLERANCE);
        }
      }
      try (OnnxRuntime theirs = export("--lengths")) {
        for (PackedShape shape : RAGGED) {
          SequenceBatch batch = batch(shape);
          Map<String, OnnxTensor> outputs =
              theirs.run(Map.of("input", input(batch), "lengths", lengths(batch)));
          assertArrayEquals(ours.predict(batch), outputs.get("output").floats(), TOLERANCE);
        }
      }
    }
  }

  void autoencoderAgrees() throws IOException, OrtException {
    try (AnomalyDetector ours = AnomalyDetector.load(model, device);
        OnnxRuntime theirs = export()) {
      for (PackedShape shape : RAGGED) {
        SequenceBatch batch = batch(shape);
        Map<String, OnnxTensor> outputs =
            theirs.run(Map.of("input", input(batch), "lengths", lengths(batch)));
        assertArrayEquals(ours.answer(batch), outputs.get("output").floats(), TOLERANCE);
      }
    }
  }

  /** The members answer with their logits at the first step and at the last one. */
  void beatClassifierAgrees() throws IOException, OrtException {
    int classes = BeatClassifier.CLASSES.size();
    try (BeatClassifier ours = BeatClassifier.load(model, device);
        OnnxRuntime theirs = export()) {
      for (PackedShape shape : DENSE) {
        SequenceBatch batch = batch(shape);
        float[] logits = ours.answer(batch);
        int each = 2 * shape.batchSize() * classes; // of a member
        double[] p = new double[each];
        for (int from = 0; from < logits.length; from += classes) {
          double sum = 0;
          for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits[from + k]);
          }
          for (int k = 0; k < classes; k++) {
            p[(from + k) % each] += Math.exp(logits[from + k]) / sum * each / logits.length;
          }
        }
        float[] all = theirs.run(Map.of("input", input(batch))).get("output").floats();
        assertEquals(shape.rows() * classes, all.length);
        for (int i = 0; i < each / 2; i++) {
          assertEquals(p[i], all[i], TOLERANCE);
          assertEquals(p[each / 2 + i], all[all.length - each / 2 + i], TOLERANCE);
        }
      }
    }
  }

  /** The members answer with their logits at every step. */
  void mortalityModelAgrees() throws IOException, OrtException {
    try (MortalityModel ours = MortalityModel.load(model, device);
        OnnxRuntime theirs = export()) {
      for (PackedShape shape : DENSE) {
        SequenceBatch batch = batch(shape);
        float[] logits = ours.answer(batch);
        float[] risks = theirs.run(Map.of("input", input(batch))).get("output").floats();
        assertEquals(shape.rows(), risks.length);
        int members = logits.length / shape.rows();
        for (int i = 0; i < risks.length; i++) {
          double mean = 0;
          for (int m = 0; m < members; m++) {
            mean += logits[m * risks.length + i] / members;
          }
          assertEquals(1 / (1 + Math.exp(-mean)), risks[i], TOLERANCE);
        }
      }
    }
  }

  /** A translator answers with the logits after the last of the words that it reads and says. */
  void translatorAgrees() throws IOException, OrtException {
    try (Translator ours = Translator.load(model, device);
        OnnxRuntime encoder = export()) {
      Path saying = file.resolveSibling("exported-decoder.onnx");
      try (OnnxRuntime decoder = new OnnxRuntime(Files.readAllBytes(saying))) {
        for (PackedShape shape : RAGGED) {
          SequenceBatch batch = batch(shape);
          Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
          Map<String, OnnxTensor> read =
              encoder.run(Map.of("source", input(batch), "lengths", lengths(batch)));
          inputs.put("target", input(batch));
          inputs.put("h0", read.get("h"));
          if (read.containsKey("c")) {
            inputs.put("c0", read.get("c"));
          }
          if (read.containsKey("memory")) {
            inputs.put("memory", read.get("memory"));
            inputs.put("lengths", lengths(batch));
          }
          float[] steps = decoder.run(inputs).get("logits").floats();
          float[] last = ours.answer(batch);
          int words = last.length / shape.batchSize();
          for (int n = 0; n < shape.batchSize(); n++) {
            int from = ((shape.length(n) - 1) * shape.batchSize() + n) * words;
            assertArrayEquals(
                Arrays.copyOfRange(last, n * words, (n + 1) * words),
                Arrays.copyOfRange(steps, from, from + words),
                TOLERANCE);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
