package io.carousel.task.ecg.anomaly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.io.Description;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ParameterTensors;
import io.carousel.io.Probe;
import io.carousel.io.ProbedModel;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SafetensorsWriter;
import io.carousel.rnn.SequenceAutoencoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells abnormal heartbeats from normal ones by how unusually an autoencoder of normal ones errs in
 * giving them back. Used by one thread at a time.
 */
public final class AnomalyDetector implements ProbedModel {
  private static final String KIND = "ecg-anomaly";
  private static final int BATCH = 128;
  private static final String MEAN = "errors.mean";
  private static final String FACTOR = "errors.covariance_factor";

  private final SequenceAutoencoder model;
  private final Card card;
  private final ErrorDistribution usual;

  /**
   * What is saved beside the weights.
   *
   * @param hiddenSize H
   * @param layers of encoder and decoder
   * @param length values per beat
   * @param threshold scores above it are abnormal
   * @param seed of the split of the training file
   * @param fingerprint of the training file; see {@link io.carousel.data.ecg.UcrFile#fingerprint}
   */
  public record Card(
      int hiddenSize, int layers, int length, double threshold, long seed, long fingerprint) {
    /** Checks what a file may say. */
    public Card {
      if (hiddenSize < 1 || layers < 1 || length < 1 || !(threshold >= 0)) {
        throw new IllegalArgumentException(
            "hiddenSize %d, layers %d and length %d must be positive, threshold %s not negative"
                .formatted(hiddenSize, layers, length, threshold));
      }
    }
  }

  /** Takes over a model; it is closed with the detector. */
  AnomalyDetector(SequenceAutoencoder model, Card card, ErrorDistribution usual) {
    this.model = model;
    this.card = card;
    this.usual = usual;
  }

  /**
   * Loads a model that {@code carousel train ecg-anomaly} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static AnomalyDetector load(Path file, Device device) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      Card card = stored.describe(AnomalyDetector::readCard);
      requireShape(stored.tensors(), card);
      SequenceAutoencoder model =
          new SequenceAutoencoder(1, card.hiddenSize, card.layers, device, 0);
      boolean loaded = false;
      try {
        stored.readWeights(model.parameters(), model.queue(), List.of(MEAN, FACTOR));
        AnomalyDetector detector =
            new AnomalyDetector(model, card, readUsual(file, stored.tensors(), card.length));
        loaded = true;
        return detector;
      } finally {
        if (!loaded) {
          model.close();
        }
      }
    }
  }

  private static ErrorDistribution readUsual(Path file, SafetensorsFile tensors, int length)
      throws IOException {
    tensors.require(MEAN, length);
    tensors.require(FACTOR, length, length);
    try {
      return new ErrorDistribution(tensors.readDoubles(MEAN), tensors.readDoubles(FACTOR));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()));
    }
  }

  private static Card readCard(Description f) throws ModelFormatException {
    String kind = f.text("kind");
    if (!kind.equals(KIND)) {
      throw new IllegalArgumentException("the file holds a '" + kind + "', not a model of " + KIND);
    }
    f.json("provenance");
    return new Card(
        f.integer("hiddenSize"),
        f.integer("layers"),
        f.integer("length"),
        f.number("threshold"),
        f.longInteger("seed"),
        f.longInteger("fingerprint"));
  }

  /** A description that asks for more than the file holds must not allocate it. */
  private static void requireShape(SafetensorsFile tensors, Card card) throws IOException {
    for (String stack : List.of("encoder", "decoder")) {
      String last = stack + ".weight_hh_l" + (card.layers - 1);
      tensors.require(last, 4L * card.hiddenSize, card.hiddenSize);
    }
  }

  /** Saves model and card, crash-safely. */
  void save(Path file, Map<String, String> provenance) throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("kind", KIND);
    description.put("hiddenSize", card.hiddenSize);
    description.put("layers", card.layers);
    description.put("length", card.length);
    description.put("threshold", card.threshold);
    description.put("seed", card.seed);
    description.put("fingerprint", card.fingerprint);
    ObjectNode facts = description.putObject("provenance");
    provenance.forEach(facts::put);
    SafetensorsWriter tensors =
        ParameterTensors.of(model.parameters(), model.queue())
            .add(MEAN, usual.mean(), card.length)
            .add(FACTOR, usual.factor(), card.length, card.length);
    Probe probe = Probe.of(Probe.features(1), model.queue().device(), Precision.FP32, this::answer);
    ModelFile.write(file, description, tensors, Map.of(), probe);
  }

  @Override
  public float[] answer(SequenceBatch inputs) {
    return model.reconstruct(inputs);
  }

  /** What was saved beside the weights. */
  public Card card() {
    return card;
  }

  /** The autoencoder. */
  public SequenceAutoencoder model() {
    return model;
  }

  /**
   * The beats as the autoencoder gives them back.
   *
   * @param beats values [length] each
   * @throws IllegalArgumentException when one has another length than those learned
   */
  public List<float[]> reconstruct(List<float[]> beats) {
    List<float[]> all = new ArrayList<>();
    for (int from = 0; from < beats.size(); from += BATCH) {
      all.addAll(batch(beats.subList(from, Math.min(from + BATCH, beats.size()))));
    }
    return all;
  }

  private List<float[]> batch(List<float[]> beats) {
    int n = beats.size();
    float[] features = new float[n * card.length];
    for (int row = 0; row < n; row++) {
      float[] beat = beats.get(row);
      if (beat.length != card.length) {
        throw new IllegalArgumentException(
            "the model knows beats of %d values, got one of %d"
                .formatted(card.length, beat.length));
      }
      for (int t = 0; t < beat.length; t++) {
        features[t * n + row] = beat[t];
      }
    }
    float[] back =
        model.reconstruct(SequenceBatch.ofFeatures(PackedShape.dense(card.length, n), 1, features));
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < n; row++) {
      float[] values = new float[card.length];
      for (int t = 0; t < values.length; t++) {
        values[t] = back[t * n + row];
      }
      rows.add(values);
    }
    return rows;
  }

  /**
   * How unusual the error of each beat's reconstruction is among those of normal beats: its squared
   * Mahalanobis distance per value. The higher, the less normal.
   */
  public double[] errors(List<float[]> beats) {
    return differences(beats).stream().mapToDouble(usual::score).toArray();
  }

  /** What is left of each beat when its reconstruction is taken away, [length] each. */
  List<double[]> differences(List<float[]> beats) {
    List<float[]> back = reconstruct(beats);
    List<double[]> differences = new ArrayList<>();
    for (int i = 0; i < beats.size(); i++) {
      double[] difference = new double[card.length];
      for (int t = 0; t < difference.length; t++) {
        difference[t] = beats.get(i)[t] - back.get(i)[t];
      }
      differences.add(difference);
    }
    return differences;
  }

  /** Whether an error is above the threshold. */
  public boolean isAbnormal(double error) {
    return error > card.threshold;
  }

  @Override
  public void close() {
    model.close();
  }
}
