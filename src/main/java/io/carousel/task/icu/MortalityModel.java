package io.carousel.task.icu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.data.icu.IcuStay;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Precision;
import io.carousel.io.Description;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ParameterTensors;
import io.carousel.io.Probe;
import io.carousel.io.ProbedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A trained ensemble with all that it needs to tell the risk of a patient to die in hospital.
 *
 * <p>The risk is the logistic function of the mean of the members' logits. It is a figure of
 * research, not of a medical device. Used by one thread at a time.
 */
public final class MortalityModel implements ProbedModel {
  private static final String KIND = "icu-mortality";

  /** Stays per batch: their steps are to stay within some tens of megabytes. */
  private static final int STAYS = 64;

  private final MortalityNet net;
  private final StayNormalizer normalizer;
  private final StayFeatures features;
  private final Set<Integer> learnedFrom;
  private final Map<String, String> provenance;

  MortalityModel(
      MortalityNet net,
      StayNormalizer normalizer,
      Set<Integer> learnedFrom,
      Map<String, String> provenance) {
    this.net = net;
    this.normalizer = normalizer;
    this.learnedFrom = Set.copyOf(learnedFrom);
    this.provenance = new LinkedHashMap<>(provenance);
    features = new StayFeatures(normalizer);
  }

  /**
   * Loads a model that {@code carousel train icu} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static MortalityModel load(Path file, Device device) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      Card card = stored.describe(MortalityModel::readCard);
      // a description that asks for more than the file holds must not allocate it
      String last = "member" + (card.spec.members() - 1) + ".gru.weight_hh_l0";
      stored.tensors().require(last, 3L * card.spec.hiddenSize(), card.spec.hiddenSize());
      MortalityNet net;
      try {
        net = new MortalityNet(card.spec, device, 0);
      } catch (IllegalArgumentException e) {
        throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
      }
      MortalityModel model =
          new MortalityModel(net, card.normalizer, card.learnedFrom, card.provenance);
      boolean loaded = false;
      try {
        stored.readWeights(net.parameters(), net.queue());
        loaded = true;
        return model;
      } finally {
        if (!loaded) {
          model.close();
        }
      }
    }
  }

  private record Card(
      MortalityNet.Spec spec,
      StayNormalizer normalizer,
      Set<Integer> learnedFrom,
      Map<String, String> provenance) {}

  private static Card readCard(Description f) throws ModelFormatException {
    String kind = f.text("kind");
    if (!kind.equals(KIND)) {
      throw new IllegalArgumentException(
          "the file holds a '%s', not what 'carousel train icu' saves".formatted(kind));
    }
    MortalityNet.Spec spec =
        f.object(
            "net",
            n ->
                new MortalityNet.Spec(
                    n.integer("features"),
                    n.integer("hiddenSize"),
                    n.integer("members"),
                    n.flag("decay"),
                    n.number("inputDropout"),
                    n.number("outputDropout")));
    StayNormalizer normalizer = f.object("normalizer", StayNormalizer::read);
    Set<Integer> ids =
        Arrays.stream(f.numbers("learnedFrom"))
            .mapToObj(MortalityModel::recordId)
            .collect(Collectors.toUnmodifiableSet());
    Map<String, String> provenance = new LinkedHashMap<>();
    f.json("provenance")
        .properties()
        .forEach(fact -> provenance.put(fact.getKey(), fact.getValue().asText()));
    return new Card(spec, normalizer, ids, provenance);
  }

  private static int recordId(double id) {
    if (id < 0 || id != (int) id) {
      throw new IllegalArgumentException("record ids are whole numbers, got " + id);
    }
    return (int) id;
  }

  /**
   * Saves all members, the normalisation, and whom they learned from, in one file.
   *
   * @throws IOException when it cannot be written; an old file stays as it was
   */
  public void save(Path file) throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("kind", KIND);
    MortalityNet.Spec spec = net.spec();
    description
        .putObject("net")
        .put("features", spec.features())
        .put("hiddenSize", spec.hiddenSize())
        .put("members", spec.members())
        .put("decay", spec.decay())
        .put("inputDropout", spec.inputDropout())
        .put("outputDropout", spec.outputDropout());
    normalizer.write(description.putObject("normalizer"));
    ArrayNode ids = description.putArray("learnedFrom");
    learnedFrom.stream().sorted().forEach(ids::add);
    ObjectNode facts = description.putObject("provenance");
    provenance.forEach(facts::put);
    ModelFile.write(
        file,
        description,
        ParameterTensors.of(net.parameters(), net.queue()),
        net.parameters().aliases(),
        Probe.of(
            Probe.features(spec.features(), PackedShape.dense(5, 3)),
            net.queue().device(),
            Precision.FP32,
            this::answer));
  }

  /** The logits of every member, one after the other. */
  @Override
  public float[] answer(SequenceBatch inputs) {
    int each = inputs.shape().rows();
    float[] all = new float[net.spec().members() * each];
    for (int member = 0; member < net.spec().members(); member++) {
      double[] logits = logits(member, inputs);
      for (int i = 0; i < each; i++) {
        all[member * each + i] = (float) logits[i];
      }
    }
    return all;
  }

  /**
   * Writes all members as one ONNX graph: {@code input} [hours, stays, features], normalised, to
   * {@code output} [hours, stays, 1], the risk after each hour.
   *
   * @throws IllegalArgumentException when the model has decay
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public void writeOnnx(Path file) throws IOException {
    ObjectNode normalisation = JsonNodeFactory.instance.objectNode();
    normalizer.write(normalisation);
    net.onnx().metadata("normalizer", normalisation.toString()).write("icu", file);
  }

  /** Whether a member learned from this patient. */
  public boolean learnedFrom(IcuStay stay) {
    return learnedFrom.contains(stay.recordId());
  }

  /** Where the model comes from, in words. */
  public Map<String, String> provenance() {
    return new LinkedHashMap<>(provenance);
  }

  /** The risk after 48 hours, in [0, 1]. */
  public double risk(IcuStay stay) {
    return risks(List.of(stay))[0];
  }

  /** The risk after each of the 48 hours, from what was known by then. */
  public double[] riskByHour(IcuStay stay) {
    return hourly(List.of(stay));
  }

  /** The risks of stays after 48 hours. */
  public double[] risks(List<IcuStay> stays) {
    double[] risks = new double[stays.size()];
    for (int from = 0; from < stays.size(); from += STAYS) {
      int n = Math.min(STAYS, stays.size() - from);
      double[] steps = hourly(stays.subList(from, from + n));
      System.arraycopy(steps, (IcuStay.HOURS - 1) * n, risks, from, n);
    }
    return risks;
  }

  /** [T, N] risks of one batch. */
  private double[] hourly(List<IcuStay> stays) {
    SequenceBatch batch = StayDataset.inputs(features::of, stays);
    double[] sum = new double[batch.shape().rows()];
    for (int member = 0; member < net.spec().members(); member++) {
      double[] logits = logits(member, batch);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += logits[i];
      }
    }
    return Arrays.stream(sum).map(s -> sigmoid(s / net.spec().members())).toArray();
  }

  /** The risks after 48 hours as one member alone sees them. */
  double[] risksOfMember(int member, List<IcuStay> stays) {
    double[] risks = new double[stays.size()];
    for (int from = 0; from < stays.size(); from += STAYS) {
      int n = Math.min(STAYS, stays.size() - from);
      double[] logits =
          logits(member, StayDataset.inputs(features::of, stays.subList(from, from + n)));
      for (int i = 0; i < n; i++) {
        risks[from + i] = sigmoid(logits[(IcuStay.HOURS - 1) * n + i]);
      }
    }
    return risks;
  }

  private double[] logits(int member, SequenceBatch batch) {
    Matrix output = net.infer(member, batch);
    try {
      double[] values = new double[batch.shape().rows()];
      net.queue().download(output, values, 0);
      return values;
    } finally {
      net.pool().release(output);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Number of weights of all members. */
  public long parameterCount() {
    return net.parameters().elementCount();
  }

  /** Frees the members. */
  @Override
  public void close() {
    net.close();
  }
}
