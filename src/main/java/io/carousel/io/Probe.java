package io.carousel.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.device.RandomStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A few inputs of a model with what it made of them when it was saved, so that its file proves
 * itself on any device. In the file: tensors {@code probe.lengths} [N], {@code probe.features} [T,
 * N, F] or {@code probe.ids} [T, N], and {@code probe.answers}.
 *
 * @param inputs N short sequences
 * @param answers of the model, in its own order
 * @param device that computed them
 * @param precision of the products that computed them
 */
public record Probe(SequenceBatch inputs, float[] answers, String device, Precision precision) {
  /** What the names of its tensors begin with. */
  static final String PREFIX = "probe.";

  private static final String LENGTHS = PREFIX + "lengths";
  private static final String FEATURES = PREFIX + "features";
  private static final String IDS = PREFIX + "ids";
  private static final String ANSWERS = PREFIX + "answers";
  private static final int[] RAGGED = {4, 1, 7};

  /** Three sequences of 4, 1 and 7 steps of normal numbers, as normalised features are. */
  public static SequenceBatch features(int featureCount) {
    return features(featureCount, PackedShape.of(RAGGED));
  }

  /** Sequences of normal numbers, for models that do not take any lengths. */
  public static SequenceBatch features(int featureCount, PackedShape shape) {
    RandomStream random = new RandomStream(0, "probe");
    float[] values = new float[shape.steps() * shape.batchSize() * featureCount];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return SequenceBatch.ofFeatures(shape, featureCount, values);
  }

  /** Three sequences of 4, 1 and 7 ids in 0..vocabulary-1. */
  public static SequenceBatch ids(int vocabulary) {
    PackedShape shape = PackedShape.of(RAGGED);
    RandomStream random = new RandomStream(0, "probe");
    int cells = shape.steps() * shape.batchSize();
    return SequenceBatch.ofIds(
        shape, IntStream.generate(() -> random.nextInt(vocabulary)).limit(cells).toArray());
  }

  /** Asks a model. */
  public static Probe of(
      SequenceBatch inputs,
      Device device,
      Precision precision,
      Function<SequenceBatch, float[]> model) {
    return new Probe(inputs, model.apply(inputs), device.name(), precision);
  }

  /**
   * Asks again.
   *
   * @return how far the answers lie from those of the file
   */
  public TensorDifference compare(Function<SequenceBatch, float[]> model) {
    return TensorDifference.of(ANSWERS, doubles(answers), doubles(model.apply(inputs)));
  }

  /**
   * Asks the model of a file again.
   *
   * @throws ModelFormatException when the probe is one of another model
   */
  public TensorDifference compare(Path file, Function<SequenceBatch, float[]> model)
      throws ModelFormatException {
    try {
      return compare(model);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, "the probe is none of this model: " + e.getMessage(), e);
    }
  }

  /** The relative difference to be expected of an intact model, asked on some device. */
  public double tolerance(Device asked, Precision askedPrecision) {
    return Math.max(
        Tolerance.of(false, asked, precision), Tolerance.of(false, asked, askedPrecision));
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** What it is, in words. */
  @Override
  public String toString() {
    return "%d sequences of %s steps, %d numbers, computed on %s in %s"
        .formatted(
            inputs.shape().batchSize(),
            Arrays.toString(inputs.shape().lengths()),
            answers.length,
            device,
            word(precision));
  }

  void addTo(SafetensorsWriter tensors) {
    PackedShape shape = inputs.shape();
    tensors.add(LENGTHS, shape.lengths(), shape.batchSize());
    if (inputs.featureCount() > 0) {
      tensors.add(
          FEATURES, inputs.features(), shape.steps(), shape.batchSize(), inputs.featureCount());
    } else {
      tensors.add(IDS, inputs.ids(), shape.steps(), shape.batchSize());
    }
    tensors.add(ANSWERS, answers, answers.length);
  }

  /**
   * Where the answers come from, as the metadata say it.
   *
   * @param weights SHA-256 of the weights that gave them
   */
  record Origin(String device, Precision precision, String weights) {
    static Origin read(Description fields) throws ModelFormatException {
      return new Origin(
          fields.text("device"), parse(fields.text("precision")), fields.text("weights"));
    }

    ObjectNode json() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("device", device)
          .put("precision", word(precision))
          .put("weights", weights);
    }
  }

  /** Reads the probe of a file that has one. */
  static Probe read(SafetensorsFile stored, Origin origin) throws IOException {
    int[] lengths = stored.readInts(LENGTHS);
    boolean byId = stored.names().contains(IDS);
    long[] axes = stored.shape(byId ? IDS : FEATURES);
    boolean fits = axes.length == (byId ? 2 : 3) && axes[1] == lengths.length && lengths.length > 0;
    int longest = Arrays.stream(lengths).max().orElse(0);
    if (!fits || axes[0] != longest || Arrays.stream(lengths).anyMatch(n -> n < 1)) {
      throw stored.refusal("the probe's inputs do not have the shape of their lengths");
    }
    PackedShape shape = PackedShape.of(lengths);
    SequenceBatch inputs =
        byId
            ? SequenceBatch.ofIds(shape, stored.readInts(IDS))
            : SequenceBatch.ofFeatures(
                shape, Math.toIntExact(axes[2]), stored.readFloats(FEATURES));
    return new Probe(inputs, stored.readFloats(ANSWERS), origin.device, origin.precision);
  }

  private static Precision parse(String word) {
    for (Precision precision : Precision.values()) {
      if (word(precision).equals(word)) {
        return precision;
      }
    }
    throw new IllegalArgumentException("unknown precision '" + word + "'");
  }

  private static String word(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
