package io.carousel.task.ecg.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.carousel.serve.http.HttpProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Files sent as one body: a line of JSON that lists them, {@code [{"name": "208.hea", "bytes":
 * 130}, …]}, and then their bytes, one file behind the other.
 */
final class FileBundle {
  private static final int MOST_FILES = 8;
  private static final int LONGEST_LINE = 4096;
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}\\.(?:csv|txt|hea|dat)");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final byte[] body;
  private final List<Entry> entries;

  private record Entry(String name, int offset, int length) {}

  private FileBundle(byte[] body, List<Entry> entries) {
    this.body = body;
    this.entries = entries;
  }

  /** Reads the list; refuses what is no bundle with status 400. */
  static FileBundle parse(byte[] body) {
    int line = 0;
    while (line < Math.min(body.length, LONGEST_LINE) && body[line] != '\n') {
      line++;
    }
    if (line == body.length || body[line] != '\n') {
      throw problem("the body does not begin with a line that lists its files");
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int offset = line + 1;
    for (JsonNode file : list(new String(body, 0, line, StandardCharsets.UTF_8))) {
      String name = file.path("name").asText();
      if (!NAME.matcher(name).matches()) {
        throw problem(
            "a file's name must be letters, digits, '_', '-' and '.', and end in .csv, .txt, .hea"
                + " or .dat");
      }
      if (!names.add(name)) {
        throw problem("two files are called " + name);
      }
      JsonNode bytes = file.path("bytes");
      if (!bytes.isIntegralNumber()
          || !bytes.canConvertToInt()
          || bytes.intValue() < 0
          || bytes.intValue() > body.length - offset) {
        throw problem(name + ": the list gives " + bytes + " bytes, which the body does not hold");
      }
      Entry entry = new Entry(name, offset, bytes.intValue());
      if (!name.endsWith(".dat")) {
        requireShortLines(body, entry);
      }
      entries.add(entry);
      offset += entry.length;
    }
    if (offset != body.length) {
      throw problem(body.length - offset + " bytes more than the list of files says");
    }
    return new FileBundle(body, entries);
  }

  /** A line of millions of cells would take a hundred times its bytes to refuse. */
  private static void requireShortLines(byte[] body, Entry text) {
    int length = 0;
    for (int i = text.offset; i < text.offset + text.length; i++) {
      length = body[i] == '\n' || body[i] == '\r' ? 0 : length + 1;
      if (length > LONGEST_LINE) {
        throw problem(text.name + ": a line is longer than " + LONGEST_LINE + " bytes");
      }
    }
  }

  private static JsonNode list(String line) {
    JsonNode list;
    try {
      list = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw problem("the list of files is no valid JSON");
    }
    if (!list.isArray() || list.isEmpty() || list.size() > MOST_FILES) {
      throw problem("the list of files must be an array of 1 to " + MOST_FILES + " files");
    }
    return list;
  }

  /** The one file that is read: the WFDB header, or the only other file. */
  String main() {
    List<String> headers = names().stream().filter(name -> name.endsWith(".hea")).toList();
    if (headers.size() == 1) {
      return headers.get(0);
    }
    if (headers.isEmpty() && entries.size() == 1 && !names().get(0).endsWith(".dat")) {
      return names().get(0);
    }
    throw problem(
        "send one CSV file, or one WFDB record: its .hea file and the .dat files that it names;"
            + " got "
            + String.join(", ", names()));
  }

  private List<String> names() {
    return entries.stream().map(Entry::name).toList();
  }

  /** Writes all files into a folder. */
  void writeTo(Path folder) throws IOException {
    for (Entry entry : entries) {
      try (var out = Files.newOutputStream(folder.resolve(entry.name))) {
        out.write(body, entry.offset, entry.length);
      }
    }
  }

  private static HttpProblem problem(String what) {
    return new HttpProblem(400, what);
  }
}
