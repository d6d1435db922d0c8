package io.carousel.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects tensors and metadata and writes them as one safetensors file.
 *
 * <p>The same calls give the same bytes: header entries come in the order of the calls, and data
 * comes with the widest elements first (in the order of the calls among equals), so that every
 * tensor is aligned to its element size. Arrays are not copied: they must not change before the
 * file is written.
 */
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Item> items = new LinkedHashMap<>();

  /** Creates a writer without tensors and metadata. */
  public SafetensorsWriter() {}

  private record Item(TensorEntry entry, AtomicFile.Content data) {}

  /**
   * Adds one line of free text.
   *
   * @throws IllegalArgumentException when the key is there already
   */
  public SafetensorsWriter metadata(String key, String value) {
    requireName("metadata key", key);
    requireText("metadata " + Names.quote(key), value);
    if (metadata.putIfAbsent(key, value) != null) {
      throw new IllegalArgumentException("metadata " + Names.quote(key) + " is there already");
    }
    return this;
  }

  /**
   * Adds an F32 tensor.
   *
   * @param values the elements, row-major
   * @param shape the size of each axis, slowest first; none for a scalar
   * @throws IllegalArgumentException when the name is there already or the shape holds another
   *     number of elements
   */
  public SafetensorsWriter add(String name, float[] values, long... shape) {
    return add(name, Dtype.F32, values.length, shape, ElementWriter.of(values));
  }

  /**
   * Adds an F64 tensor.
   *
   * @param values the elements, row-major
   * @param shape the size of each axis, slowest first; none for a scalar
   * @throws IllegalArgumentException when the name is there already or the shape holds another
   *     number of elements
   */
  public SafetensorsWriter add(String name, double[] values, long... shape) {
    return add(name, Dtype.F64, values.length, shape, ElementWriter.of(values));
  }

  /**
   * Adds an I64 tensor.
   *
   * @param values the elements, row-major
   * @param shape the size of each axis, slowest first; none for a scalar
   * @throws IllegalArgumentException when the name is there already or the shape holds another
   *     number of elements
   */
  public SafetensorsWriter add(String name, long[] values, long... shape) {
    return add(name, Dtype.I64, values.length, shape, ElementWriter.of(values));
  }

  /**
   * Adds an I32 tensor.
   *
   * @param values the elements, row-major
   * @param shape the size of each axis, slowest first; none for a scalar
   * @throws IllegalArgumentException when the name is there already or the shape holds another
   *     number of elements
   */
  public SafetensorsWriter add(String name, int[] values, long... shape) {
    return add(name, Dtype.I32, values.length, shape, ElementWriter.of(values));
  }

  /** Adds a tensor whose bytes {@code data} produces when the file is written. */
  SafetensorsWriter add(
      String name, Dtype dtype, long elements, long[] shape, AtomicFile.Content data) {
    requireName("tensor name", name);
    if (name.equals(HeaderParser.METADATA)) {
      throw new IllegalArgumentException("no tensor can be called " + name);
    }
    TensorEntry entry = entry(name, dtype, shape);
    if (entry.elements() != elements) {
      throw new IllegalArgumentException(
          "tensor %s: shape %s does not hold %d elements"
              .formatted(Names.quote(name), Arrays.toString(shape), elements));
    }
    if (items.putIfAbsent(name, new Item(entry, data)) != null) {
      throw new IllegalArgumentException("tensor " + Names.quote(name) + " is there already");
    }
    return this;
  }

  /** The names of the tensors so far, in the order of the calls. */
  public Set<String> names() {
    return Collections.unmodifiableSet(items.keySet());
  }

  /** The tensors so far with what writes their bytes, in the order of the calls. */
  Map<TensorEntry, AtomicFile.Content> contents() {
    Map<TensorEntry, AtomicFile.Content> contents = new LinkedHashMap<>();
    items.values().forEach(item -> contents.put(item.entry, item.data));
    return contents;
  }

  /** A writer with the same tensors and metadata, to add to without changing this one. */
  SafetensorsWriter copy() {
    SafetensorsWriter copy = new SafetensorsWriter();
    copy.metadata.putAll(metadata);
    copy.items.putAll(items);
    return copy;
  }

  /**
   * Writes the file as {@link AtomicFile} does.
   *
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, this::writeTo);
  }

  /**
   * Writes the file to a stream, which stays open.
   *
   * @throws IOException when the stream refuses
   */
  public void writeTo(OutputStream out) throws IOException {
    List<Item> ordered = new ArrayList<>(items.values());
    ordered.sort(Comparator.comparingInt(item -> -item.entry.dtype().bytes()));
    byte[] header = header(ordered);
    byte[] length = new byte[SafetensorsHeader.LENGTH_FIELD];
    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    out.write(length);
    out.write(header);
    for (Item item : ordered) {
      item.data.writeTo(out);
    }
  }

  private byte[] header(List<Item> ordered) throws IOException {
    Map<String, TensorEntry> placed = new LinkedHashMap<>();
    items.forEach((name, item) -> placed.put(name, item.entry));
    long position = 0;
    for (Item item : ordered) {
      TensorEntry entry = item.entry.at(position);
      placed.put(entry.name(), entry);
      position = entry.end();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(HeaderParser.METADATA);
        for (Map.Entry<String, String> line : metadata.entrySet()) {
          json.writeStringField(line.getKey(), line.getValue());
        }
        json.writeEndObject();
      }
      for (TensorEntry entry : placed.values()) {
        writeEntry(json, entry);
      }
      json.writeEndObject();
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          "the header would have %d bytes, at most %d are allowed"
              .formatted(bytes.size(), SafetensorsHeader.MAX_BYTES));
    }
    return bytes.toByteArray();
  }

  private static void writeEntry(JsonGenerator json, TensorEntry entry) throws IOException {
    json.writeObjectFieldStart(entry.name());
    json.writeStringField("dtype", entry.dtype().name());
    json.writeFieldName("shape");
    json.writeArray(entry.shape(), 0, entry.shape().length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
    json.writeEndObject();
  }

  private static TensorEntry entry(String name, Dtype dtype, long[] shape) {
    if (shape.length <= HeaderParser.MAX_RANK && Arrays.stream(shape).allMatch(size -> size >= 0)) {
      try {
        return new TensorEntry(name, dtype, shape, 0);
      } catch (ArithmeticException e) {
        // an overflow makes the shape as impossible as a negative size does
      }
    }
    throw new IllegalArgumentException(
        "tensor %s: shape %s is impossible; at most %d axes, no negative size, fewer than 2^63 bytes"
            .formatted(Names.quote(name), Arrays.toString(shape), HeaderParser.MAX_RANK));
  }

  private static void requireName(String what, String name) {
    requireText(what, name);
    if (name.isEmpty() || name.length() > HeaderParser.MAX_NAME) {
      throw new IllegalArgumentException(
          "a %s has 1 to %d characters, not %d"
              .formatted(what, HeaderParser.MAX_NAME, name.length()));
    }
  }

  private static void requireText(String what, String text) {
    if (!Names.isUnicode(text)) {
      throw new IllegalArgumentException(what + " holds half a surrogate pair");
    }
  }
}
