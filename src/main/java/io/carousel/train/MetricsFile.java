package io.carousel.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes the history to {@code metrics.jsonl}: a first line with {@code format} and {@code
 * formatVersion}, then one object per epoch. The file is replaced whole after each epoch, so it is
 * complete at any time and a resumed run does not repeat lines.
 */
public final class MetricsFile implements TrainingListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> FIELDS =
      List.of(
          "epoch",
          "step",
          "trainLoss",
          "validationLoss",
          "gradientNorm",
          "learningRate",
          "seconds",
          "samplesPerSecond");

  private final Path file;
  private final List<EpochMetrics> history = new ArrayList<>();
  private final Map<Integer, ObjectNode> notes = new HashMap<>();

  /** Nothing is written before the first epoch ends. */
  public MetricsFile(Path file) {
    this.file = file;
  }

  /**
   * Starts with the epochs of the run that is resumed, and with what others had noted of them.
   *
   * @throws IOException when the file of that run cannot be read
   */
  public void goOnFrom(List<EpochMetrics> earlier) throws IOException {
    history.clear();
    history.addAll(earlier);
    notes.clear();
    if (earlier.isEmpty() || !Files.exists(file)) {
      return;
    }
    for (String line : Files.readAllLines(file)) {
      JsonNode fields = JSON.readTree(line);
      if (fields instanceof ObjectNode noted && noted.has("epoch")) {
        int epoch = noted.path("epoch").asInt();
        noted.remove(FIELDS);
        notes.put(epoch, noted);
      }
    }
  }

  /**
   * Adds a field to the line of an epoch, before it ends.
   *
   * @param name none of those of {@link EpochMetrics}
   */
  public void note(int epoch, String name, JsonNode value) {
    notes.computeIfAbsent(epoch, e -> JSON.createObjectNode()).set(name, value);
  }

  /** What was noted under a name, by epoch. */
  public SortedMap<Integer, JsonNode> notes(String name) {
    SortedMap<Integer, JsonNode> found = new TreeMap<>();
    notes.forEach(
        (epoch, fields) -> {
          if (fields.has(name) && epoch <= history.size()) {
            found.put(epoch, fields.get(name));
          }
        });
    return found;
  }

  @Override
  public void epochEnded(EpochMetrics metrics) {
    history.add(metrics);
    StringBuilder lines = new StringBuilder();
    ObjectNode header = JSON.createObjectNode();
    header.put("format", "carousel-metrics").put("formatVersion", 1);
    lines.append(header).append('\n');
    for (EpochMetrics epoch : history) {
      ObjectNode line = line(epoch);
      ObjectNode noted = notes.get(epoch.epoch());
      if (noted != null) {
        line.setAll(noted);
      }
      lines.append(line).append('\n');
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    try {
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode line(EpochMetrics m) {
    ObjectNode line = JSON.createObjectNode();
    line.put("epoch", m.epoch());
    line.put("step", m.step());
    line.put("trainLoss", m.trainLoss());
    if (!Double.isNaN(m.validationLoss())) {
      line.put("validationLoss", m.validationLoss());
    }
    line.put("gradientNorm", m.gradientNorm());
    line.put("learningRate", m.learningRate());
    line.put("seconds", m.seconds());
    line.put("samplesPerSecond", m.samplesPerSecond());
    return line;
  }
}
