package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model: a safetensors file whose metadata says what the tensors are.
 *
 * <p>Metadata: {@code format} is {@code carousel-model}, {@code formatVersion} is {@code 2} of a
 * file with a probe and {@code 1} without, {@code description} is a JSON object (architecture,
 * normalisation, provenance; the caller decides) and {@code aliases} is a JSON object of further
 * names: a tied parameter is stored once and found under each of its names. {@code probe} of
 * version 2 says where the answers of the {@link Probe} come from, and gives the SHA-256 of the
 * weights. A newer version and unknown metadata are refused by name.
 */
public final class ModelFile implements AutoCloseable {
  private static final String FORMAT = "carousel-model";
  private static final int VERSION = 2;
  private static final int WITHOUT_PROBE = 1;
  private static final String ALIASES = "aliases";
  private static final String PROBE = "probe";

  private final SafetensorsFile stored;
  private final SafetensorsFile tensors;
  private final ObjectNode description;
  private final Map<String, String> aliases;

  private ModelFile(
      SafetensorsFile stored,
      SafetensorsFile tensors,
      ObjectNode description,
      Map<String, String> aliases) {
    this.stored = stored;
    this.tensors = tensors;
    this.description = description;
    this.aliases = aliases;
  }

  /**
   * Writes a model without a probe crash-safely, as {@link AtomicFile} does.
   *
   * @param description what the tensors are; no NaN or infinite numbers
   * @param tensors the stored tensors; unchanged by this call
   * @param aliases for each further name the name under which the tensor is stored
   * @throws IllegalArgumentException when an alias is a stored name or leads to none, or when the
   *     description or its metadata cannot be written
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void write(
      Path file, ObjectNode description, SafetensorsWriter tensors, Map<String, String> aliases)
      throws IOException {
    write(file, description, tensors, aliases, null);
  }

  /**
   * Writes a model with a probe.
   *
   * @param description what the tensors are; no NaN or infinite numbers
   * @param tensors the stored tensors; unchanged by this call
   * @param aliases for each further name the name under which the tensor is stored
   * @param probe null for none
   * @throws IllegalArgumentException when an alias is a stored name or leads to none, or when the
   *     description or its metadata cannot be written
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void write(
      Path file,
      ObjectNode description,
      SafetensorsWriter tensors,
      Map<String, String> aliases,
      @Nullable Probe probe)
      throws IOException {
    ObjectNode names = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      String problem = problem(tensors.names(), alias.getKey(), alias.getValue());
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }
      names.put(alias.getKey(), alias.getValue());
    }
    SafetensorsWriter written =
        new Envelope(FORMAT, probe == null ? WITHOUT_PROBE : VERSION, description)
            .addTo(tensors)
            .metadata(ALIASES, StrictJson.write(names));
    if (probe != null) {
      Probe.Origin origin =
          new Probe.Origin(probe.device(), probe.precision(), WeightsChecksum.of(tensors));
      written.metadata(PROBE, StrictJson.write(origin.json()));
      probe.addTo(written);
    }
    written.write(file);
  }

  /**
   * Opens a model; its tensors are read when asked for.
   *
   * @throws ModelFormatException when the file is no valid model or a newer Carousel wrote it
   * @throws IOException when there is no such file or it cannot be read
   */
  public static ModelFile open(Path file) throws IOException {
    SafetensorsFile stored = SafetensorsFile.open(file);
    boolean opened = false;
    try {
      Envelope envelope = Envelope.read(stored, FORMAT, VERSION, Set.of(ALIASES, PROBE));
      Map<String, String> aliases = aliases(stored);
      ModelFile model =
          new ModelFile(
              stored,
              stored.withEntries(entries(stored, aliases)),
              envelope.description(),
              aliases);
      opened = true;
      return model;
    } finally {
      if (!opened) {
        stored.close();
      }
    }
  }

  /** The tensors, each under its stored name and under every alias. */
  public SafetensorsFile tensors() {
    return tensors;
  }

  /** The stored name of each alias, in the file's order. */
  public Map<String, String> aliases() {
    return Collections.unmodifiableMap(aliases);
  }

  /** A copy of the description, to show or to carry on. */
  public ObjectNode description() {
    return description.deepCopy();
  }

  /**
   * Reads the description strictly.
   *
   * @throws ModelFormatException when a field is missing, wrong or unknown to the reader
   */
  public <T extends @Nullable Object> T describe(Description.Reader<T> reader)
      throws ModelFormatException {
    return Description.read(tensors.path(), "description", description, reader);
  }

  /**
   * What the model made of a few inputs when it was saved; null in files that have none.
   *
   * @throws ModelFormatException when it is broken
   */
  public @Nullable Probe probe() throws IOException {
    Probe.Origin origin = origin();
    return origin == null ? null : Probe.read(stored, origin);
  }

  /**
   * Gives parameters their weights, after which these are known to be those that were saved, where
   * the file has their SHA-256 (format version 2).
   *
   * @param parameters all that the file holds
   * @param queue for the uploads
   * @param others names of further tensors, which are left to the caller
   * @throws ModelFormatException when one is missing, unknown, of another shape or damaged
   */
  public void readWeights(ParameterSet parameters, Queue queue, List<String> others)
      throws IOException {
    ParameterTensors.read(tensors, parameters, queue, others);
    requireIntact();
  }

  /** The same of a file that holds nothing else. */
  public void readWeights(ParameterSet parameters, Queue queue) throws IOException {
    readWeights(parameters, queue, List.of());
  }

  /**
   * Reads all weights and compares their SHA-256 with that of the file, where it has one.
   *
   * @throws ModelFormatException when they are not those that were saved
   */
  public void requireIntact() throws IOException {
    Probe.Origin origin = origin();
    if (origin != null) {
      String found = WeightsChecksum.of(stored.withEntries(weights(stored)));
      if (!origin.weights().equals(found)) {
        throw new ModelFormatException(
            stored.path(), "the weights are not those that were saved: their SHA-256 is " + found);
      }
    }
  }

  private Probe.@Nullable Origin origin() throws ModelFormatException {
    String text = stored.metadata().get(PROBE);
    if (text == null) {
      return null;
    }
    ObjectNode json = StrictJson.parse(stored.path(), PROBE, text);
    return Description.read(stored.path(), PROBE, json, Probe.Origin::read);
  }

  /** Closes the file; closing again does nothing. */
  @Override
  public void close() throws IOException {
    tensors.close();
  }

  private static Map<String, String> aliases(SafetensorsFile stored) throws ModelFormatException {
    Path file = stored.path();
    ObjectNode names = StrictJson.parse(file, ALIASES, Envelope.require(stored, ALIASES));
    Map<String, String> aliases = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> alias : names.properties()) {
      if (!alias.getValue().isTextual()) {
        throw new ModelFormatException(
            file, "alias " + Names.quote(alias.getKey()) + " does not give a name");
      }
      String target = alias.getValue().textValue();
      String problem = problem(stored.names(), alias.getKey(), target);
      if (problem != null) {
        throw new ModelFormatException(file, problem);
      }
      aliases.put(alias.getKey(), target);
    }
    return aliases;
  }

  private static Map<String, TensorEntry> entries(
      SafetensorsFile stored, Map<String, String> aliases) throws ModelFormatException {
    Map<String, TensorEntry> entries = weights(stored);
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      entries.put(alias.getKey(), stored.entry(alias.getValue()).renamed(alias.getKey()));
    }
    return entries;
  }

  /** All tensors but those of the probe. */
  private static Map<String, TensorEntry> weights(SafetensorsFile stored)
      throws ModelFormatException {
    boolean probed = stored.metadata().containsKey(PROBE);
    Map<String, TensorEntry> weights = new LinkedHashMap<>();
    for (String name : stored.names()) {
      if (!probed || !name.startsWith(Probe.PREFIX)) {
        weights.put(name, stored.entry(name));
      }
    }
    return weights;
  }

  private static @Nullable String problem(Set<String> stored, String alias, String target) {
    if (stored.contains(alias)) {
      return "alias " + Names.quote(alias) + " is also the name of a stored tensor";
    }
    if (!stored.contains(target)) {
      return "alias "
          + Names.quote(alias)
          + " stands for "
          + Names.quote(target)
          + ", which is not stored";
    }
    return null;
  }
}
