package io.carousel.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the history to {@code metrics.jsonl}: a first line with {@code format} and {@code
 * formatVersion}, then one object per epoch. The file is replaced whole after each epoch, so it is
 * complete at any time and a resumed run does not repeat lines.
 */
public final class MetricsFile implements TrainingListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<EpochMetrics> history = new ArrayList<>();

  /** Nothing is written before the first epoch ends. */
  public MetricsFile(Path file) {
    this.file = file;
  }

  /** Starts with the epochs of the run that is resumed. */
  public void goOnFrom(List<EpochMetrics> earlier) {
    history.clear();
    history.addAll(earlier);
  }

  @Override
  public void epochEnded(EpochMetrics metrics) {
    history.add(metrics);
    StringBuilder lines = new StringBuilder();
    ObjectNode header = JSON.createObjectNode();
    header.put("format", "carousel-metrics").put("formatVersion", 1);
    lines.append(header).append('\n');
    history.forEach(m -> lines.append(line(m)).append('\n'));
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
