package io.carousel.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.io.AtomicFile;
import io.carousel.train.Provenance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The files of a run of the laboratory: {@code lab.json} with every figure and {@code report.html}.
 */
public final class LabFiles {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;

  private LabFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * The files of a new run, in a folder that is made when it is missing.
   *
   * @throws IOException when it cannot be written, or holds another run of the laboratory
   */
  public static LabFiles in(Path folder) throws IOException {
    LabFiles files = new LabFiles(folder);
    if (Files.exists(files.json())) {
      throw new FileAlreadyExistsException(
          folder.toString(), null, "the folder holds another run; choose a new one");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException("cannot create the folder " + folder + "; choose another one", e);
    }
    return files;
  }

  /** Where the figures go. */
  public Path json() {
    return folder.resolve("lab.json");
  }

  /** Where the report goes. */
  public Path report() {
    return folder.resolve("report.html");
  }

  /** Writes both. */
  public void write(List<LabResult> results, Setting setting) throws IOException {
    byte[] text = json(results, setting).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(json(), out -> out.write(text));
    LabReport.of(results, setting).write(report());
  }

  /**
   * What {@code lab.json} holds: format and version, scale, seed, provenance, whether all passed,
   * and of each experiment its checks, tables (a list of objects each) and further figures. Numbers
   * that are not finite are strings.
   */
  public static String json(List<LabResult> results, Setting setting) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", "carousel-lab").put("formatVersion", 1);
    root.put("scale", setting.scale().name().toLowerCase(Locale.ROOT)).put("seed", setting.seed());
    root.set("provenance", JSON.valueToTree(Provenance.of(setting.device())));
    root.put("passed", results.stream().allMatch(r -> r.outcome().passed()));
    ArrayNode experiments = root.putArray("experiments");
    results.forEach(result -> add(result, experiments.addObject()));
    return JSON.writeValueAsString(root);
  }

  private static void add(LabResult result, ObjectNode node) {
    Outcome outcome = result.outcome();
    node.put("name", result.experiment().name()).put("question", result.experiment().question());
    node.put("passed", outcome.passed()).put("seconds", result.seconds());
    ArrayNode checks = node.putArray("checks");
    for (Check check : outcome.checks()) {
      ObjectNode one = checks.addObject();
      one.put("words", check.words()).put("value", check.value());
      one.put("condition", check.condition()).put("passed", check.passed());
    }
    ObjectNode tables = node.putObject("tables");
    for (Figures table : outcome.figures()) {
      ArrayNode rows = tables.putArray(table.caption());
      for (List<Object> row : table.rows()) {
        ObjectNode cells = rows.addObject();
        for (int i = 0; i < row.size(); i++) {
          cells.set(table.headings().get(i), JSON.valueToTree(row.get(i)));
        }
      }
    }
    outcome.json().forEach((name, value) -> node.set(name, JSON.valueToTree(value)));
  }
}
