package io.carousel.task.ecg.anomaly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.io.Description;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ParameterTensors;
import io.carousel.io.SafetensorsFile;
import io.carousel.rnn.SequenceAutoencoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells abnormal heartbeats from normal ones by how badly an autoencoder of normal ones gives them
 * back. Used by one thread at a time.
 */
public final class AnomalyDetector implements AutoCloseable {
  private static final String KIND = "ecg-anomaly";
  private static final int BATCH = 128;

  private final SequenceAutoencoder model;
  private final Card card;

  /**
   * What is saved beside the weights.
   *
   * @param hiddenSize H
   * @param layers of encoder and decoder
   * @param length values per beat
   * @param threshold reconstruction errors above it are abnormal
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
  AnomalyDetector(SequenceAutoencoder model, Card card) {
    this.model = model;
    this.card = card;
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
        ParameterTensors.read(stored.tensors(), model.parameters(), model.queue());
        loaded = true;
        return new AnomalyDetector(model, card);
      } finally {
        if (!loaded) {
          model.close();
        }
      }
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
    ModelFile.write(
        file, description, ParameterTensors.of(model.parameters(), model.queue()), Map.of());
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

  /** The mean squared error of each beat's reconstruction: the higher, the less normal. */
  public double[] errors(List<float[]> beats) {
    List<float[]> back = reconstruct(beats);
    double[] errors = new double[beats.size()];
    for (int i = 0; i < errors.length; i++) {
      float[] beat = beats.get(i);
      for (int t = 0; t < beat.length; t++) {
        double difference = beat[t] - back.get(i)[t];
        errors[i] += difference * difference / beat.length;
      }
    }
    return errors;
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
