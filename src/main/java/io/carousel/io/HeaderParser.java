package io.carousel.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the JSON header of a safetensors file into metadata and tensor entries. */
final class HeaderParser {
  static final String METADATA = "__metadata__";
  static final int MAX_NAME = 10_000;
  static final int MAX_RANK = 32;

  // The depth of a valid header is 3; two million tokens are 150,000 tensors. Names are not
  // canonicalised: the table that does it refuses
  // crafted names with an exception of its own.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(4)
                  .maxNumberLength(32)
                  .maxNameLength(MAX_NAME)
                  .maxStringLength(SafetensorsHeader.MAX_BYTES)
                  .maxTokenCount(2_000_000)
                  .build())
          .build();

  private final Path file;
  private final JsonParser json;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();

  private HeaderParser(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /** What the header says, in its own order; where the data lies is not checked yet. */
  record Parsed(Map<String, String> metadata, Map<String, TensorEntry> entries) {}

  static Parsed parse(Path file, byte[] header) throws IOException {
    int end = header.length;
    while (end > 0 && header[end - 1] == ' ') {
      end--;
    }
    if (end == 0 || header[0] != '{') {
      throw new ModelFormatException(
          file, "the header does not start with '{'; this is no safetensors file");
    }
    if (header[end - 1] != '}') {
      throw new ModelFormatException(
          file, "the header does not end with '}', padded by spaces only");
    }
    try (Reader text =
            new InputStreamReader(
                new ByteArrayInputStream(header, 0, end), StandardCharsets.UTF_8.newDecoder());
        JsonParser json = JSON.createParser(text)) {
      HeaderParser parser = new HeaderParser(file, json);
      parser.root();
      return new Parsed(parser.metadata, parser.entries);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(file, "the header is not valid UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(file, "the header is " + StrictJson.problem(e), e);
    }
  }

  private void root() throws IOException {
    json.nextToken();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = unicode("a name", json.currentName());
      if (name.equals(METADATA)) {
        metadata();
      } else {
        entries.put(name, entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw new ModelFormatException(file, "the header goes on after its JSON object");
    }
  }

  private void metadata() throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new ModelFormatException(file, METADATA + " is not an object");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = unicode("a metadata key", json.currentName());
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new ModelFormatException(file, "metadata " + Names.quote(key) + " is not a string");
      }
      metadata.put(key, unicode("metadata " + Names.quote(key), json.getText()));
    }
  }

  private TensorEntry entry(String name) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw bad(name, "is not described by an object");
    }
    Dtype dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> dtype = dtype(name);
        case "shape" -> shape = integers(name, field);
        case "data_offsets" -> offsets = integers(name, field);
        default -> throw bad(name, "has an unknown field " + Names.quote(field));
      }
    }
    return place(
        name,
        present(name, "dtype", dtype),
        present(name, "shape", shape),
        present(name, "data_offsets", offsets));
  }

  private TensorEntry place(String name, Dtype dtype, long[] shape, long[] offsets)
      throws ModelFormatException {
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw bad(name, "has data_offsets " + Arrays.toString(offsets) + ", expected [begin, end]");
    }
    TensorEntry entry;
    try {
      entry = new TensorEntry(name, dtype, shape, offsets[0]);
    } catch (ArithmeticException e) {
      throw bad(name, "has the impossible shape " + Arrays.toString(shape));
    }
    if (entry.end() != offsets[1]) {
      throw bad(
          name,
          "is %s and needs %d bytes, but data_offsets %s hold %d"
              .formatted(entry, entry.bytes(), Arrays.toString(offsets), offsets[1] - offsets[0]));
    }
    return entry;
  }

  private Dtype dtype(String name) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(name, "has a dtype that is not a string");
    }
    String dtype = json.getText();
    return Dtype.named(dtype)
        .orElseThrow(() -> bad(name, "has the unknown dtype " + Names.quote(dtype)));
  }

  private long[] integers(String name, String field) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad(name, "has a " + field + " that is not an array");
    }
    long[] values = new long[MAX_RANK];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == MAX_RANK) {
        throw bad(name, "has a " + field + " of more than " + MAX_RANK + " numbers");
      }
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getText().startsWith("-")) {
        throw bad(
            name,
            "has a " + field + " with " + Names.quote(json.getText()) + ", not a 63-bit count");
      }
      values[count++] = json.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  private <T> T present(String name, String field, @Nullable T value) throws ModelFormatException {
    if (value == null) {
      throw bad(name, "has no " + field);
    }
    return value;
  }

  private String unicode(String what, String text) throws ModelFormatException {
    if (!Names.isUnicode(text)) {
      throw new ModelFormatException(file, what + " holds half a surrogate pair");
    }
    return text;
  }

  private ModelFormatException bad(String name, String problem) {
    return new ModelFormatException(file, "tensor " + Names.quote(name) + " " + problem);
  }
}
