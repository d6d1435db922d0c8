package io.carousel.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A report as one HTML file that needs nothing else: no network, no other file.
 *
 * <p>It reads in light and dark, on a phone, on paper and without a mouse. Not thread-safe.
 *
 * <pre>{@code
 * Report.titled("ECG forecast")
 *     .subtitle("LSTM, 30 samples ahead")
 *     .lead(Facts.of(Fact.of("Forecast error", 0.182, 3).unit("mV").note("AR(32): 0.211 mV")))
 *     .section(
 *         "Training",
 *         LineChart.titled("Loss by epoch")
 *             .x("epoch")
 *             .y("mean squared error", "mV²")
 *             .line("training", epochs, training)
 *             .line("validation", epochs, validation))
 *     .write(folder.resolve("report.html"));
 * }</pre>
 */
public final class Report {
  private final String title;
  private String subtitle = "";
  private final List<Block> lead = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  private record Section(String title, List<Block> blocks) {}

  private Report(String title) {
    this.title = Objects.requireNonNull(title);
  }

  /** An empty report. */
  public static Report titled(String title) {
    return new Report(title);
  }

  /** One line below the title. */
  public Report subtitle(String subtitle) {
    this.subtitle = Objects.requireNonNull(subtitle);
    return this;
  }

  /** Adds blocks between the title and the first section. */
  public Report lead(Block... blocks) {
    lead.addAll(List.of(blocks));
    return this;
  }

  /** Adds a section with a heading. */
  public Report section(String title, Block... blocks) {
    sections.add(new Section(Objects.requireNonNull(title), List.of(blocks)));
    return this;
  }

  /**
   * The whole document.
   *
   * @throws IllegalStateException where a chart has no series or a table no columns
   */
  public String html() {
    return new Page().render(title, this::body);
  }

  /**
   * Writes the document as UTF-8. {@code file} appears, or is replaced, only when all of it is
   * written; its folder must be there.
   *
   * @throws IOException where the folder is missing or cannot be written; nothing is left behind
   */
  public void write(Path file) throws IOException {
    byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void body(HtmlWriter html) {
    html.start("header").element("h1", title);
    if (!subtitle.isEmpty()) {
      html.element("p", subtitle, "class", "subtitle");
    }
    html.end();
    lead.forEach(block -> block.render(html));
    for (Section section : sections) {
      String id = "section-" + html.next("section");
      html.start("section", "aria-labelledby", id).element("h2", section.title(), "id", id);
      section.blocks().forEach(block -> block.render(html));
      html.end();
    }
  }
}
