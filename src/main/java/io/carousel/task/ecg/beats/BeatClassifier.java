package io.carousel.task.ecg.beats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.data.ecg.AamiClass;
import io.carousel.device.Device;
import io.carousel.device.Precision;
import io.carousel.io.Description;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ParameterTensors;
import io.carousel.io.Probe;
import io.carousel.io.ProbedModel;
import io.carousel.io.SequenceModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives each heartbeat of a record its AAMI class: N, S, V or F. Used by one thread at a time.
 *
 * <pre>{@code
 * try (BeatClassifier classifier = BeatClassifier.load(model, device)) {
 *   classifier.classify(BeatRecord.annotated(header), beat -> count(beat.predicted()));
 * }
 * }</pre>
 */
public final class BeatClassifier implements ProbedModel {
  /** The classes that are told apart, in the order of the probabilities. */
  public static final List<AamiClass> CLASSES =
      List.of(AamiClass.N, AamiClass.S, AamiClass.V, AamiClass.F);

  private static final String KIND = "ecg-beats";

  private final BeatEnsemble ensemble;
  private final Card card;

  /**
   * A classified heartbeat.
   *
   * @param sample where it is
   * @param predicted its class
   * @param probabilities of the classes in the order of {@link #CLASSES}
   * @param annotated its class by the annotations, null where there is none
   */
  public record Beat(
      long sample,
      AamiClass predicted,
      List<Double> probabilities,
      @Nullable AamiClass annotated) {}

  /**
   * What is saved beside the weights.
   *
   * @param members of the ensemble
   * @param hiddenSize H, of each direction
   * @param layers of each member
   * @param features numbers per beat; a model of another number was made by another version
   * @param records that training has seen, those of validation included
   */
  public record Card(int members, int hiddenSize, int layers, int features, List<String> records) {
    /** Checks what a file may say. */
    public Card {
      records = List.copyOf(records);
      if (features != BeatFeatures.COUNT) {
        throw new IllegalArgumentException(
            "the model takes %d features per beat, this version of Carousel gives %d: train anew"
                .formatted(features, BeatFeatures.COUNT));
      }
    }

    BeatClassifierSettings settings() {
      BeatClassifierSettings d = BeatClassifierSettings.DEFAULT;
      return new BeatClassifierSettings(
          members, hiddenSize, layers, 0, 0, 1, d.sequenceLength(), 1, 1, 0, 1, 0, 1, 0, 0);
    }
  }

  /** Takes over an ensemble; it is closed with the classifier. */
  BeatClassifier(BeatEnsemble ensemble, Card card) {
    this.ensemble = ensemble;
    this.card = card;
  }

  /**
   * Loads a model that {@code carousel train ecg-beats} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static BeatClassifier load(Path file, Device device) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      Card card = stored.describe(BeatClassifier::readCard);
      // a description that asks for more than the file holds must not allocate it
      String last = "member" + (card.members - 1) + ".rnn.weight_hh_l" + (card.layers - 1);
      stored.tensors().require(last, 4L * card.hiddenSize, card.hiddenSize);
      BeatEnsemble ensemble = new BeatEnsemble(card.settings(), device);
      boolean loaded = false;
      try {
        stored.readWeights(ensemble.parameters(), ensemble.queue());
        loaded = true;
        return new BeatClassifier(ensemble, card);
      } finally {
        if (!loaded) {
          ensemble.close();
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
        f.integer("members"),
        f.integer("hiddenSize"),
        f.integer("layers"),
        f.integer("features"),
        f.texts("records"));
  }

  /** Saves model and card, crash-safely. */
  void save(Path file, Map<String, String> provenance) throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("kind", KIND);
    description.put("members", card.members);
    description.put("hiddenSize", card.hiddenSize);
    description.put("layers", card.layers);
    description.put("features", card.features);
    ArrayNode names = description.putArray("records");
    card.records.forEach(names::add);
    ObjectNode facts = description.putObject("provenance");
    provenance.forEach(facts::put);
    ModelFile.write(
        file,
        description,
        ParameterTensors.of(ensemble.parameters(), ensemble.queue()),
        Map.of(),
        Probe.of(
            Probe.features(card.features),
            ensemble.queue().device(),
            Precision.FP32,
            this::answer));
  }

  /** The logits of every member, one after the other. */
  @Override
  public float[] answer(SequenceBatch inputs) {
    List<float[]> members = new ArrayList<>();
    ensemble.members().forEach(member -> members.add(SequenceModelFile.answer(member, inputs)));
    float[] all = new float[members.stream().mapToInt(answers -> answers.length).sum()];
    int filled = 0;
    for (float[] answers : members) {
      System.arraycopy(answers, 0, all, filled, answers.length);
      filled += answers.length;
    }
    return all;
  }

  /** What was saved beside the weights. */
  public Card card() {
    return card;
  }

  /**
   * Writes all members as one ONNX graph: {@code input} [beats, records, features], the features
   * that {@code docs/ecg.md} lists, to {@code output} [beats, records, 4], mean probabilities in
   * the order of {@link #CLASSES}.
   *
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public void writeOnnx(Path file) throws IOException {
    ensemble.onnx().metadata("classes", CLASSES.toString()).write("ecg_beats", file);
  }

  /** Number of weights. */
  public long parameterCount() {
    return ensemble.parameters().elementCount();
  }

  /**
   * Classifies the beats of a record, stretch by stretch: a record may be longer than fits into
   * memory.
   *
   * @param record any
   * @param to is told of each beat, in order
   * @throws IOException when the record cannot be read
   */
  public void classify(BeatRecord record, Consumer<Beat> to) throws IOException {
    for (int s = 0; s < record.stretches(); s++) {
      BeatStretch stretch = record.stretch(s);
      double[][] probabilities = ensemble.probabilities(stretch.features());
      for (int beat = stretch.first(); beat < stretch.end(); beat++) {
        to.accept(beat(record, beat, probabilities[beat - stretch.contextFirst()]));
      }
    }
  }

  static Beat beat(BeatRecord record, int number, double[] probabilities) {
    return new Beat(
        record.beat(number),
        CLASSES.get(BeatEnsemble.argmax(probabilities)),
        Arrays.stream(probabilities).boxed().toList(),
        record.annotatedClass(number));
  }

  /** All beats of a record. */
  public List<Beat> classify(BeatRecord record) throws IOException {
    List<Beat> beats = new ArrayList<>();
    classify(record, beats::add);
    return beats;
  }

  @Override
  public void close() {
    ensemble.close();
  }
}
