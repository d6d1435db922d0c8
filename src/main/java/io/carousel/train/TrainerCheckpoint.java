package io.carousel.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.io.CheckpointFile;
import io.carousel.io.CheckpointFolder;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SafetensorsWriter;
import io.carousel.nn.Parameter;
import io.carousel.optim.LearningRateSchedule;
import io.carousel.optim.Optimizer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Writes and reads everything that the next step depends on: weights, best weights, optimizer,
 * schedule, carried states, counters. The data cursor is (epoch, next batch), random numbers follow
 * from seed and counters. All of it bit for bit.
 */
final class TrainerCheckpoint {
  private static final String MODEL = "model.";
  private static final String BEST = "best.";
  private static final String CARRIED = "carried.";
  private static final String SCHEDULE = "schedule.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String PROGRESS = "progress";
  private static final String HISTORY = "history";
  private static final String KEPT = "kept";

  private final Objective<?> objective;
  private final Optimizer optimizer;
  private final LearningRateSchedule schedule;
  private final BestWeights bestWeights;
  private final Progress progress;
  private final String provenance;
  private final String settings;
  private final Queue queue;

  TrainerCheckpoint(
      Objective<?> objective,
      Optimizer optimizer,
      LearningRateSchedule schedule,
      BestWeights bestWeights,
      Progress progress,
      String provenance,
      String settings) {
    this.objective = objective;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.bestWeights = bestWeights;
    this.progress = progress;
    this.provenance = provenance;
    this.settings = settings;
    queue = objective.queue();
  }

  void save(CheckpointFolder folder) throws IOException {
    SafetensorsWriter tensors = new SafetensorsWriter();
    for (Parameter parameter : objective.parameters()) {
      addParameter(tensors, MODEL, parameter, parameter.value());
      if (!bestWeights.isEmpty()) {
        addParameter(tensors, BEST, parameter, bestWeights.copyOf(parameter));
      }
    }
    optimizer.exportState(queue).forEach((name, values) -> add(tensors, name, values));
    schedule.exportState().forEach((name, values) -> add(tensors, SCHEDULE + name, values));
    objective.exportCarried().forEach((name, values) -> add(tensors, CARRIED + name, values));
    add(tensors, PROGRESS, ProgressNumbers.of(progress));
    double[] history = ProgressNumbers.history(progress);
    tensors.add(HISTORY, history, progress.history.size(), ProgressNumbers.COLUMNS);
    folder.save(progress.step, description(), tensors);
  }

  private ObjectNode description() {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("optimizer", optimizer.name());
    description.put("settings", settings);
    description.put("device", queue.device().name());
    description.put("hardware", queue.device().description());
    description.put("gates", gates());
    description.put("threads", queue.device().threads());
    description.put("provenance", provenance);
    return description;
  }

  /** What backward does for the gates; older checkpoints, which do not say it, kept them. */
  private String gates() {
    return queue.device().whyNotRecomputed() == null ? "computed again" : KEPT;
  }

  private static void add(SafetensorsWriter tensors, String name, double[] values) {
    tensors.add(name, values, values.length);
  }

  private void addParameter(
      SafetensorsWriter tensors, String prefix, Parameter parameter, Matrix matrix) {
    int count = Math.toIntExact(matrix.size());
    String name = prefix + parameter.path();
    if (queue.device().realType() == ElementType.F64) {
      double[] values = new double[count];
      queue.download(matrix, values, 0);
      tensors.add(name, values, matrix.rows(), matrix.columns());
    } else {
      float[] values = new float[count];
      queue.download(matrix, values, 0);
      tensors.add(name, values, matrix.rows(), matrix.columns());
    }
  }

  boolean restore(CheckpointFolder folder) throws IOException {
    Optional<CheckpointFile> latest = folder.latestValid();
    if (latest.isEmpty()) {
      return false;
    }
    try (CheckpointFile checkpoint = latest.get()) {
      SafetensorsFile tensors = checkpoint.tensors();
      requireSame(tensors, checkpoint.description());
      for (Parameter parameter : objective.parameters()) {
        restore(tensors, MODEL, parameter, parameter.value());
        parameter.markWritten();
        if (tensors.names().contains(BEST + parameter.path())) {
          restore(tensors, BEST, parameter, bestWeights.copyOf(parameter));
        }
      }
      optimizer.importState(queue, arrays(tensors, OPTIMIZER, true));
      schedule.importState(arrays(tensors, SCHEDULE, false));
      objective.importCarried(arrays(tensors, CARRIED, false));
      ProgressNumbers.restore(
          tensors.readDoubles(PROGRESS), tensors.readDoubles(HISTORY), progress);
      return true;
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          latest.get().tensors().path(), String.valueOf(e.getMessage()), e);
    }
  }

  private void requireSame(SafetensorsFile tensors, ObjectNode description) throws IOException {
    requireSame(tensors, "optimizer", description.path("optimizer").asText(), optimizer.name());
    requireSame(tensors, "run", description.path("provenance").asText(), provenance);
    requireSame(tensors, "training", description.path("settings").asText(), settings);
    requireSame(tensors, "device", description.path("device").asText(), queue.device().name());
    requireSame(
        tensors,
        "way to have gates in backward (it decides the bits)",
        description.path("gates").asText(KEPT),
        gates());
    String hardware = description.path("hardware").asText();
    if (!hardware.equals(queue.device().description())) {
      LoggerFactory.getLogger(TrainerCheckpoint.class)
          .warn(
              "resuming on other hardware, so not bit for bit: '{}', before '{}'",
              queue.device().description(),
              hardware);
    }
    int threads = description.path("threads").asInt();
    requireSame(
        tensors,
        "number of threads (it decides the order of sums, so the bits)",
        Integer.toString(threads),
        Integer.toString(queue.device().threads()));
    for (Parameter parameter : objective.parameters()) {
      tensors.require(MODEL + parameter.path(), parameter.rows(), parameter.columns());
    }
  }

  private static void requireSame(
      SafetensorsFile tensors, String what, String stored, String expected) throws IOException {
    if (!stored.equals(expected)) {
      throw new ModelFormatException(
          tensors.path(),
          "the checkpoint belongs to another %s: '%s', this one is '%s'; resume with the options that it was started with"
              .formatted(what, onlyIn(stored, expected), onlyIn(expected, stored)));
    }
  }

  /** The parts of a list in words that another list does not have. */
  private static String onlyIn(String list, String other) {
    Set<String> parts = new LinkedHashSet<>(parts(list));
    parts.removeAll(parts(other));
    return String.join(", ", parts);
  }

  private static List<String> parts(String list) {
    return List.of(list.replaceAll("[{}]", "").split(", ", -1));
  }

  private void restore(SafetensorsFile tensors, String prefix, Parameter parameter, Matrix to)
      throws IOException {
    queue.upload(tensors.readDoubles(prefix + parameter.path()), 0, to);
  }

  private static Map<String, double[]> arrays(
      SafetensorsFile tensors, String prefix, boolean keepPrefix) throws IOException {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (name.startsWith(prefix)) {
        arrays.put(keepPrefix ? name : name.substring(prefix.length()), tensors.readDoubles(name));
      }
    }
    return arrays;
  }
}
