package io.carousel.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object of a file strictly: a field that is missing, of another kind, or that the
 * reader never asked for is refused by name.
 *
 * <p>Unknown fields are refused because they may change what the file means (a cell clip, a
 * peephole). Reading a field makes it known:
 *
 * <pre>{@code
 * Size size =
 *     Description.read(
 *         file, "model", object, d -> new Size(d.integer("inputSize"), d.integer("hiddenSize")));
 * }</pre>
 */
public final class Description {
  private final Path file;
  private final String where;
  private final ObjectNode fields;
  private final Set<String> known = new LinkedHashSet<>();

  private Description(Path file, String where, ObjectNode fields) {
    this.file = file;
    this.where = where;
    this.fields = fields;
  }

  /**
   * Makes a value from the fields of one object.
   *
   * @param <T> what the object describes
   */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {
    /**
     * Reads every field that may be there.
     *
     * @throws ModelFormatException when a field is not what it should be
     * @throws IllegalArgumentException when a value is out of range; it is reported as the file's
     *     fault
     */
    T read(Description fields) throws ModelFormatException;
  }

  /**
   * Reads an object of a file.
   *
   * @param file the file, for messages
   * @param where the place of the object in the file, for messages
   * @throws ModelFormatException when the reader refuses a field or leaves one unread
   */
  public static <T extends @Nullable Object> T read(
      Path file, String where, ObjectNode object, Reader<T> reader) throws ModelFormatException {
    Description description = new Description(file, where, object);
    T value;
    try {
      value = reader.read(description);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, where + ": " + e.getMessage(), e);
    }
    Set<String> unknown = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(description.known);
    if (!unknown.isEmpty()) {
      throw new ModelFormatException(
          file,
          "%s: unknown fields %s; known are %s"
              .formatted(where, Names.list(unknown), Names.list(description.known)));
    }
    return value;
  }

  /** True when the field is there; it counts as known from now on. */
  public boolean has(String field) {
    known.add(field);
    return fields.has(field);
  }

  /**
   * A field of text.
   *
   * @throws ModelFormatException when it is missing or of another kind
   */
  public String text(String field) throws ModelFormatException {
    return text(path(field), value(field));
  }

  /**
   * A whole number of 32 bits.
   *
   * @throws ModelFormatException when it is missing, of another kind or larger
   */
  public int integer(String field) throws ModelFormatException {
    JsonNode value = value(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(path(field), value, "a whole number of 32 bits");
    }
    return value.intValue();
  }

  /**
   * A whole number of 64 bits.
   *
   * @throws ModelFormatException when it is missing, of another kind or larger
   */
  public long longInteger(String field) throws ModelFormatException {
    JsonNode value = value(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(path(field), value, "a whole number of 64 bits");
    }
    return value.longValue();
  }

  /**
   * A finite number.
   *
   * @throws ModelFormatException when it is missing, of another kind or too large for a double
   */
  public double number(String field) throws ModelFormatException {
    return number(path(field), value(field));
  }

  /**
   * True or false.
   *
   * @throws ModelFormatException when it is missing or of another kind
   */
  public boolean flag(String field) throws ModelFormatException {
    JsonNode value = value(field);
    if (!value.isBoolean()) {
      throw wrong(path(field), value, "true or false");
    }
    return value.booleanValue();
  }

  /**
   * A list of texts.
   *
   * @throws ModelFormatException when it is missing or holds anything else
   */
  public List<String> texts(String field) throws ModelFormatException {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : list(field)) {
      texts.add(text(path(field) + "[" + texts.size() + "]", value));
    }
    return texts;
  }

  /**
   * A list of finite numbers.
   *
   * @throws ModelFormatException when it is missing or holds anything else
   */
  public double[] numbers(String field) throws ModelFormatException {
    JsonNode list = list(field);
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(path(field) + "[" + i + "]", list.path(i));
    }
    return numbers;
  }

  /**
   * An object, read as strictly as this one.
   *
   * @throws ModelFormatException when it is missing, of another kind or refused by its reader
   */
  public <T extends @Nullable Object> T object(String field, Reader<T> reader)
      throws ModelFormatException {
    return object(path(field), value(field), reader);
  }

  /**
   * A list of objects, each read as strictly as this one.
   *
   * @throws ModelFormatException when it is missing, of another kind or refused by its reader
   */
  public <T extends @Nullable Object> List<T> objects(String field, Reader<T> reader)
      throws ModelFormatException {
    List<T> objects = new ArrayList<>();
    for (JsonNode value : list(field)) {
      objects.add(object(path(field) + "[" + objects.size() + "]", value, reader));
    }
    return objects;
  }

  /**
   * A copy of any JSON value, for fields that are shown and not interpreted (provenance).
   *
   * @throws ModelFormatException when it is missing
   */
  public JsonNode json(String field) throws ModelFormatException {
    return value(field).deepCopy();
  }

  private JsonNode value(String field) throws ModelFormatException {
    known.add(field);
    JsonNode value = fields.get(field);
    if (value == null) {
      throw new ModelFormatException(file, where + ": there is no field " + Names.quote(field));
    }
    return value;
  }

  private JsonNode list(String field) throws ModelFormatException {
    JsonNode value = value(field);
    if (!value.isArray()) {
      throw wrong(path(field), value, "a list");
    }
    return value;
  }

  private String path(String field) {
    return where + "." + field;
  }

  private String text(String path, JsonNode value) throws ModelFormatException {
    if (!value.isTextual()) {
      throw wrong(path, value, "a text");
    }
    return value.textValue();
  }

  private double number(String path, JsonNode value) throws ModelFormatException {
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(path, value, "a finite number");
    }
    return value.doubleValue();
  }

  private <T extends @Nullable Object> T object(String path, JsonNode value, Reader<T> reader)
      throws ModelFormatException {
    if (!(value instanceof ObjectNode object)) {
      throw wrong(path, value, "an object");
    }
    return read(file, path, object, reader);
  }

  private ModelFormatException wrong(String path, JsonNode value, String expected) {
    return new ModelFormatException(
        file,
        "%s is %s, expected %s"
            .formatted(Names.oneLine(path), Names.oneLine(value.toString()), expected));
  }
}
