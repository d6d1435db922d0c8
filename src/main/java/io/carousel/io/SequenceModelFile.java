package io.carousel.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves and loads a {@link SequenceModel} as a {@link ModelFile}: its weights, what it is, and
 * notes of whoever made it.
 *
 * <pre>{@code
 * SequenceModelFile.save(model, Path.of("wave.safetensors"));
 * var loaded = SequenceModelFile.load(Path.of("wave.safetensors"), device);
 * }</pre>
 */
public final class SequenceModelFile {
  private static final String KIND = "sequence-model";

  private SequenceModelFile() {}

  /** Saves a model without notes. */
  public static void save(SequenceModel model, Path file) throws IOException {
    save(model, JsonNodeFactory.instance.objectNode(), file);
  }

  /**
   * Saves a model.
   *
   * @param model any
   * @param notes normalisation, provenance and whatever else its task needs; given back by {@link
   *     #notes}
   * @param file written crash-safely
   * @throws IOException when it cannot be written; an old file stays as it was
   */
  public static void save(SequenceModel model, ObjectNode notes, Path file) throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("kind", KIND);
    description.set("model", describe(model.spec()));
    description.set("notes", notes);
    ModelFile.write(
        file,
        description,
        ParameterTensors.of(model.parameters(), model.queue()),
        model.parameters().aliases(),
        probe(model));
  }

  private static Probe probe(SequenceModel model) {
    SequenceModelSpec spec = model.spec();
    SequenceBatch inputs =
        spec.vocabulary() > 0
            ? Probe.ids(spec.vocabulary())
            : Probe.features(spec.recurrent().inputSize());
    Device device = model.queue().device();
    return Probe.of(inputs, device, spec.recurrent().precision(), batch -> answer(model, batch));
  }

  /**
   * The answers of a model to the questions of its {@link Probe}: its outputs at each sequence's
   * last step, [N, outputs], and before them those at the first step where it runs from the end too
   * (at the last step that direction has seen no other).
   */
  public static float[] answer(SequenceModel model, SequenceBatch inputs) {
    float[] outputs = model.predict(inputs);
    if (!model.spec().readout().perStep()) {
      return outputs;
    }
    int n = inputs.shape().batchSize();
    int columns = model.spec().outputs();
    int first = model.spec().recurrent().bidirectional() ? n * columns : 0;
    float[] answers = new float[first + n * columns];
    System.arraycopy(outputs, 0, answers, 0, first);
    for (int row = 0; row < n; row++) {
      int step = inputs.shape().length(row) - 1;
      System.arraycopy(
          outputs, (step * n + row) * columns, answers, first + row * columns, columns);
    }
    return answers;
  }

  /**
   * Loads a model, and asks it its probe.
   *
   * @throws ModelFormatException when the file has no probe or another model's, was damaged, or the
   *     answers are not those that were saved
   */
  public static SequenceModel loadVerified(Path file, Device device) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      SequenceModelSpec spec = stored.describe(SequenceModelFile::readModel);
      return readVerified(stored, spec, () -> new SequenceModel(spec, device, 0));
    }
  }

  /**
   * Loads a model, whose weights proved to be those that were saved, where the file has their
   * SHA-256 (format version 2).
   *
   * @param file written by {@link #save}
   * @param device where it shall run
   * @throws ModelFormatException when the file is no such model, or was damaged
   * @throws IOException when it cannot be read
   */
  public static SequenceModel load(Path file, Device device) throws IOException {
    return load(file, device, null);
  }

  /**
   * Loads a model to compute in another precision than it was saved with, for instance one trained
   * in BF16 on a processor that has FP32.
   *
   * @param precision of the recurrent products, null for that of the file
   */
  public static SequenceModel load(Path file, Device device, @Nullable Precision precision)
      throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      SequenceModelSpec spec =
          inPrecision(stored.describe(SequenceModelFile::readModel), precision);
      return read(stored, spec, () -> new SequenceModel(spec, device, 0));
    }
  }

  /** A model, and the notes that it was saved with. */
  public record Loaded(SequenceModel model, ObjectNode notes) {}

  /**
   * Loads a model that is only to infer: it has no gradients.
   *
   * @param queue that the model shall use, and close, also when it cannot be loaded
   * @param plan which plan runs its stack
   * @param precision of the recurrent products, null for that of the file
   * @param verified whether it must prove itself as for {@link #loadVerified}
   */
  public static Loaded loadForInference(
      Path file, Queue queue, PlanChoice plan, @Nullable Precision precision, boolean verified)
      throws IOException {
    boolean taken = false;
    try (ModelFile stored = ModelFile.open(file)) {
      SequenceModelSpec spec =
          inPrecision(stored.describe(SequenceModelFile::readModel), precision);
      Supplier<SequenceModel> maker = () -> SequenceModel.forInference(spec, plan, queue);
      SequenceModel model =
          verified ? readVerified(stored, spec, maker) : read(stored, spec, maker);
      taken = true;
      return new Loaded(model, stored.description().withObject("notes"));
    } finally {
      if (!taken) {
        queue.close();
      }
    }
  }

  private static SequenceModelSpec inPrecision(
      SequenceModelSpec spec, @Nullable Precision precision) {
    return precision == null ? spec : spec.withRecurrent(spec.recurrent().withPrecision(precision));
  }

  /** Makes a model and gives it the weights of the file. */
  private static SequenceModel read(
      ModelFile stored, SequenceModelSpec spec, Supplier<SequenceModel> maker) throws IOException {
    requireCount(stored, spec);
    SequenceModel model = build(maker, stored.tensors().path());
    boolean loaded = false;
    try {
      stored.readWeights(model.parameters(), model.queue());
      loaded = true;
      return model;
    } finally {
      if (!loaded) {
        model.close();
      }
    }
  }

  /** The same, of a model that proves itself. */
  private static SequenceModel readVerified(
      ModelFile stored, SequenceModelSpec spec, Supplier<SequenceModel> maker) throws IOException {
    Path file = stored.tensors().path();
    Probe probe = stored.probe();
    if (probe == null) {
      throw new ModelFormatException(file, "the model has no probe: save it anew");
    }
    SequenceModel model = read(stored, spec, maker);
    boolean verified = false;
    try {
      Device device = model.queue().device();
      TensorDifference difference = probe.compare(file, batch -> answer(model, batch));
      double limit = probe.tolerance(device, spec.recurrent().precision());
      if (!difference.isWithin(limit)) {
        throw new ModelFormatException(
            file,
            "on %s the model answers otherwise than when it was saved: relative difference %.2e, allowed %.2e; 'carousel verify' tells whether device or probe is wrong"
                .formatted(device.name(), difference.relative(), limit));
      }
      verified = true;
      return model;
    } finally {
      if (!verified) {
        model.close();
      }
    }
  }

  /** What the file says the model is. */
  public static SequenceModelSpec spec(Path file) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      return stored.describe(SequenceModelFile::readModel);
    }
  }

  /** The notes that the model was saved with. */
  public static ObjectNode notes(Path file) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      stored.describe(SequenceModelFile::readModel);
      return stored.description().withObject("notes");
    }
  }

  /** A stack that the device does not run is the file's fault, not the caller's. */
  private static SequenceModel build(Supplier<SequenceModel> maker, Path file)
      throws ModelFormatException {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /** A description that asks for more than the file holds must not allocate it. */
  private static void requireCount(ModelFile stored, SequenceModelSpec spec) throws IOException {
    long count = 0;
    for (String name : stored.tensors().names()) {
      if (!stored.aliases().containsKey(name)) {
        count += stored.tensors().entry(name).elements();
      }
    }
    if (count != spec.parameterCount()) {
      throw new ModelFormatException(
          stored.tensors().path(),
          "the description asks for %d weights, the file holds %d"
              .formatted(spec.parameterCount(), count));
    }
  }

  /**
   * What came after the first version of these files is written only where it is used: an older
   * Carousel reads all it understands and refuses the rest by name.
   */
  static ObjectNode describe(SequenceModelSpec spec) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("vocabulary", spec.vocabulary());
    json.put("readout", name(spec.readout()));
    json.put("headDropout", spec.headDropout());
    if (spec.inputDropout() > 0) {
      json.put("inputDropout", spec.inputDropout());
    }
    if (spec.tied()) {
      json.put("tied", true);
    }
    json.put("outputs", spec.outputs());
    json.put("outputActivation", spec.outputActivation().toString());
    RecurrentSpec r = spec.recurrent();
    ObjectNode stack = json.putObject("recurrent");
    stack.put("cell", name(r.cell()));
    stack.put("inputSize", r.inputSize());
    stack.put("hiddenSize", r.hiddenSize());
    stack.put("numLayers", r.numLayers());
    stack.put("bidirectional", r.bidirectional());
    stack.put("bias", r.bias());
    stack.put("projSize", r.projSize());
    stack.put("dropout", r.dropout());
    stack.put("activation", r.activation().toString());
    stack.put("gateActivation", r.gateActivation().toString());
    if (!r.cellOutputActivation().equals(r.activation())) {
      stack.put("cellOutputActivation", r.cellOutputActivation().toString());
    }
    stack.put("resetAfter", r.resetAfter());
    stack.put("peephole", r.peephole());
    stack.put("coupledInputForget", r.coupledInputForget());
    stack.put("cellClip", r.cellClip());
    stack.put("precision", name(r.precision()));
    return json;
  }

  private static SequenceModelSpec readModel(Description fields) throws ModelFormatException {
    String kind = fields.text("kind");
    if (!kind.equals(KIND)) {
      throw new IllegalArgumentException("the file holds a '" + kind + "', not a " + KIND);
    }
    if (!fields.json("notes").isObject()) {
      throw new IllegalArgumentException("notes is no object");
    }
    return fields.object("model", SequenceModelFile::readSpec);
  }

  private static SequenceModelSpec readSpec(Description f) throws ModelFormatException {
    return new SequenceModelSpec(
        f.integer("vocabulary"),
        f.has("inputDropout") ? f.number("inputDropout") : 0,
        f.object("recurrent", SequenceModelFile::readStack),
        constant(Readout.class, f.text("readout")),
        f.number("headDropout"),
        f.has("tied") && f.flag("tied"),
        f.integer("outputs"),
        Activation.parse(f.text("outputActivation")));
  }

  private static RecurrentSpec readStack(Description f) throws ModelFormatException {
    return new RecurrentSpec(
        constant(Cell.class, f.text("cell")),
        f.integer("inputSize"),
        f.integer("hiddenSize"),
        f.integer("numLayers"),
        f.flag("bidirectional"),
        f.flag("bias"),
        f.integer("projSize"),
        f.number("dropout"),
        Activation.parse(f.text("activation")),
        Activation.parse(f.text("gateActivation")),
        Activation.parse(
            f.text(f.has("cellOutputActivation") ? "cellOutputActivation" : "activation")),
        f.flag("resetAfter"),
        f.flag("peephole"),
        f.flag("coupledInputForget"),
        f.number("cellClip"),
        constant(Precision.class, f.text("precision")));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "unknown " + type.getSimpleName().toLowerCase(Locale.ROOT) + " '" + name + "'");
  }
}
