package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model: a safetensors file whose metadata says what the tensors are.
 *
 * <p>Metadata: {@code format} is {@code carousel-model}, {@code formatVersion} is {@code 1}, {@code
 * description} is a JSON object (architecture, normalisation, provenance; the caller decides) and
 * {@code aliases} is a JSON object of further names: a tied parameter is stored once and found
 * under each of its names. A newer version and unknown metadata are refused by name.
 */
public final class ModelFile implements AutoCloseable {
  private static final String FORMAT = "carousel-model";
  private static final int VERSION = 1;
  private static final String ALIASES = "aliases";

  private final SafetensorsFile tensors;
  private final ObjectNode description;
  private final Map<String, String> aliases;

  private ModelFile(SafetensorsFile tensors, ObjectNode description, Map<String, String> aliases) {
    this.tensors = tensors;
    this.description = description;
    this.aliases = aliases;
  }

  /**
   * Writes a model crash-safely, as {@link AtomicFile} does.
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
    ObjectNode names = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      String problem = problem(tensors.names(), alias.getKey(), alias.getValue());
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }
      names.put(alias.getKey(), alias.getValue());
    }
    new Envelope(FORMAT, VERSION, description)
        .addTo(tensors)
        .metadata(ALIASES, StrictJson.write(names))
        .write(file);
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
      Envelope envelope = Envelope.read(stored, FORMAT, VERSION, Set.of(ALIASES));
      Map<String, String> aliases = aliases(stored);
      ModelFile model =
          new ModelFile(
              stored.withEntries(entries(stored, aliases)), envelope.description(), aliases);
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
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    for (String name : stored.names()) {
      entries.put(name, stored.entry(name));
    }
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      entries.put(alias.getKey(), stored.entry(alias.getValue()).renamed(alias.getKey()));
    }
    return entries;
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
