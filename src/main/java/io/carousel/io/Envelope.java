package io.carousel.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What every file of ours says about itself in its metadata: {@code format}, {@code formatVersion},
 * {@code description} and a few keys of its kind, no others.
 *
 * @param format the kind of file
 * @param version its version, counted from 1
 * @param description the JSON object that says what the tensors are
 */
record Envelope(String format, int version, ObjectNode description) {
  private static final String FORMAT = "format";
  private static final String VERSION = "formatVersion";
  private static final String DESCRIPTION = "description";

  /**
   * Reads and checks the envelope.
   *
   * @param newest the newest version that this program reads
   * @param ownKeys the further metadata keys of this kind of file
   */
  static Envelope read(SafetensorsFile tensors, String format, int newest, Set<String> ownKeys)
      throws ModelFormatException {
    Path file = tensors.path();
    Map<String, String> metadata = tensors.metadata();
    String found = metadata.get(FORMAT);
    if (!format.equals(found)) {
      throw new ModelFormatException(
          file,
          found == null
              ? "this is no " + format + " file: its metadata has no " + Names.quote(FORMAT)
              : "this is a " + Names.quote(found) + " file, expected " + Names.quote(format));
    }
    int version = version(file, require(tensors, VERSION), newest);
    Set<String> unknown = new LinkedHashSet<>(metadata.keySet());
    unknown.removeAll(Set.of(FORMAT, VERSION, DESCRIPTION));
    unknown.removeAll(ownKeys);
    if (!unknown.isEmpty()) {
      throw new ModelFormatException(file, "unknown metadata " + Names.list(unknown));
    }
    return new Envelope(
        format, version, StrictJson.parse(file, DESCRIPTION, require(tensors, DESCRIPTION)));
  }

  /** A copy of the writer with this envelope in its metadata. */
  SafetensorsWriter addTo(SafetensorsWriter tensors) {
    return tensors
        .copy()
        .metadata(FORMAT, format)
        .metadata(VERSION, Integer.toString(version))
        .metadata(DESCRIPTION, StrictJson.write(description));
  }

  /** A line of metadata that must be there. */
  static String require(SafetensorsFile tensors, String key) throws ModelFormatException {
    String value = tensors.metadata().get(key);
    if (value == null) {
      throw new ModelFormatException(tensors.path(), "the metadata has no " + Names.quote(key));
    }
    return value;
  }

  private static int version(Path file, String text, int newest) throws ModelFormatException {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new ModelFormatException(
          file, "format version " + Names.quote(text) + " is no positive whole number");
    }
    int version = Integer.parseInt(text);
    if (version > newest) {
      throw new ModelFormatException(
          file,
          "written by a newer Carousel: format version %d, this one reads up to %d"
              .formatted(version, newest));
    }
    return version;
  }
}
