package io.carousel.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Iterator;

/** JSON objects as text inside a file's metadata: no duplicate fields, bounded size and depth. */
final class StrictJson {
  private static final int MAX_CHARACTERS = 16_000_000;
  private static final int MAX_DEPTH = 64;

  // Two million tokens bound the tree to some 200 MB; a vocabulary of a million words fits.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_CHARACTERS)
                          .maxTokenCount(2_000_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /** The object that {@code text} holds; {@code where} names the text in messages. */
  static ObjectNode parse(Path file, String where, String text) throws ModelFormatException {
    if (text.length() > MAX_CHARACTERS) {
      throw new ModelFormatException(
          file,
          where + " has " + text.length() + " characters, at most " + MAX_CHARACTERS + " are read");
    }
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(file, where + " is " + problem(e), e);
    }
    throw new ModelFormatException(file, where + " is not a JSON object");
  }

  /**
   * The text of an object, the same on every machine.
   *
   * @throws IllegalArgumentException for NaN, infinities and objects that {@link #parse} would
   *     refuse
   */
  static String write(ObjectNode object) {
    requireFinite("description", object);
    String text = object.toString();
    try {
      parse(Path.of("description"), "the text to write", text);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return text;
  }

  /** Why the parser refused, on one line. */
  static String problem(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return (e instanceof StreamConstraintsException ? "beyond what is read" : "no valid JSON")
        + (at == null ? "" : " (character " + at.getCharOffset() + ")")
        + ": "
        + Names.oneLine(e.getOriginalMessage());
  }

  private static void requireFinite(String where, JsonNode node) {
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException(
          where + " is " + node.doubleValue() + "; JSON has no such number");
    }
    Iterator<String> names = node.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      requireFinite(where + "." + name, node.path(name));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      requireFinite(where + "[" + i + "]", node.path(i));
    }
  }
}
