package io.carousel.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes what was measured into docs/performance.md, between two marks, and draws
 * docs/performance.svg. A program, not a test; PerformancePageTest sees that both are up to date.
 * The first mark names the folders: those with lines of {@code carousel bench}, and one with a
 * results.csv of bench/peers, which may be among them or missing.
 *
 * <pre>
 * java -cp ... io.carousel.cli.bench.PerformancePage [FOLDER...]
 * </pre>
 */
public final class PerformancePage {
  static final Path PAGE = Path.of("docs/performance.md");
  static final Path CHART = Path.of("docs/performance.svg");
  private static final Pattern MARKS =
      Pattern.compile(
          "(<!-- measured:)([^>]*)(-->\n).*?(<!-- end of measured -->)", Pattern.DOTALL);

  /** The chart's bars: names in peers' results, as readers know them. */
  private static final List<List<String>> CHARTED =
      List.of(
          List.of("carousel", "Carousel"),
          List.of("torch", "libtorch"),
          List.of("onednn", "oneDNN's primitive"));

  private PerformancePage() {}

  /** See the class; without arguments the folders stay as they are. */
  public static void main(String[] args) throws IOException {
    String page = Files.readString(PAGE);
    List<String> folders = args.length > 0 ? List.of(args) : folders(page);
    Files.writeString(PAGE, withMeasured(page, folders));
    String chart = chart(folders);
    if (!chart.isEmpty()) {
      Files.writeString(CHART, chart);
    }
  }

  /** The folders that a page names. */
  static List<String> folders(String page) {
    String names = marks(page).group(2).strip();
    return names.isEmpty() ? List.of() : List.of(names.split(" +", -1));
  }

  private static Matcher marks(String page) {
    Matcher matcher = MARKS.matcher(page);
    if (!matcher.find()) {
      throw new IllegalArgumentException(PAGE + " has no marks: " + MARKS);
    }
    return matcher;
  }

  /** The page with everything between its marks made anew. */
  static String withMeasured(String page, List<String> folders) throws IOException {
    Matcher matcher = marks(page);
    String names = folders.isEmpty() ? " " : " " + String.join(" ", folders) + " ";
    String measured = tables(folders);
    String body = measured.isEmpty() ? "" : "\n" + measured.strip() + "\n\n";
    return matcher.replaceFirst(
        Matcher.quoteReplacement(
            matcher.group(1) + names + matcher.group(3) + body + matcher.group(4)));
  }

  private static Optional<PeerFigures> peers(List<String> folders) throws IOException {
    for (String folder : folders) {
      Path file = Path.of(folder, "results.csv");
      if (Files.exists(file)) {
        return Optional.of(PeerFigures.read(file));
      }
    }
    return Optional.empty();
  }

  private static String tables(List<String> folders) throws IOException {
    StringBuilder out = new StringBuilder();
    Optional<PeerFigures> peers = peers(folders);
    if (peers.isPresent()) {
      out.append(peerTable(peers.get()));
    }
    if (!folders.isEmpty()) {
      out.append(new PerformanceTables(MeasuredLines.read(folders)).all());
    }
    return out.toString();
  }

  /** Median milliseconds of every peer, and the best one's as a multiple of Carousel's. */
  private static String peerTable(PeerFigures figures) {
    StringBuilder out = new StringBuilder("### Beside other libraries\n\n");
    out.append("Milliseconds a step, each row from one run of `bench/peers`, in turns. ")
        .append(
            "Ratio: time of the fastest other library / Carousel's; above 1 Carousel is"
                + " faster.\n\n");
    out.append("![Training steps beside other libraries](performance.svg)\n\n");
    List<String> names =
        figures.peers().stream().filter(name -> !name.matches("nothing|carousel")).toList();
    out.append("| workload | threads | Carousel | " + String.join(" | ", names) + " | ratio |\n");
    out.append("|---|---:|---:|" + "---:|".repeat(names.size()) + "---:|\n");
    for (String workload : figures.workloads()) {
      for (int threads : figures.threads()) {
        figures
            .find(workload, "carousel", threads)
            .filter(own -> !own.workload().startsWith("gemm"))
            .ifPresent(own -> out.append(peerRow(figures, own, names)));
      }
    }
    return out.append('\n').toString();
  }

  private static String peerRow(PeerFigures figures, PeerFigures.Figure own, List<String> names) {
    List<String> cells = new ArrayList<>();
    cells.add(own.workload());
    cells.add(Integer.toString(own.threads()));
    cells.add(milliseconds(own));
    for (String name : names) {
      cells.add(
          figures
              .find(own.workload(), name, own.threads())
              .map(PerformancePage::milliseconds)
              .orElse(""));
    }
    cells.add(
        names.stream()
            .filter(name -> !name.startsWith("carousel"))
            .flatMap(name -> figures.find(own.workload(), name, own.threads()).stream())
            .min(Comparator.comparingDouble(PeerFigures.Figure::milliseconds))
            .map(best -> PerformanceTables.number(2, best.milliseconds() / own.milliseconds()))
            .orElse(""));
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String milliseconds(PeerFigures.Figure figure) {
    return PerformanceTables.digits(figure.milliseconds()) + (figure.quiet() ? "" : "*");
  }

  /** Training steps as multiples of Carousel's time, or nothing without peers. */
  static String chart(List<String> folders) throws IOException {
    Optional<PeerFigures> found = peers(folders);
    if (found.isEmpty()) {
      return "";
    }
    PeerFigures figures = found.get();
    BarChart chart =
        new BarChart(
            "Time of a training step as a multiple of Carousel's (shorter is faster)",
            CHARTED.stream().map(names -> names.get(1)).toList(),
            4);
    for (String workload : figures.workloads()) {
      for (int threads : figures.threads()) {
        if (workload.contains("train") && !workload.startsWith("ragged")) {
          figures
              .find(workload, "carousel", threads)
              .ifPresent(own -> addGroup(chart, figures, own));
        }
      }
    }
    return chart.svg();
  }

  private static void addGroup(BarChart chart, PeerFigures figures, PeerFigures.Figure own) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (List<String> names : CHARTED) {
      bars.add(
          figures
              .find(own.workload(), names.get(0), own.threads())
              .map(figure -> bar(figure.milliseconds(), own.milliseconds()))
              .orElse(new BarChart.Bar(Double.NaN, "")));
    }
    String words = own.threads() == 1 ? "1 thread" : own.threads() + " threads";
    chart.group(own.workload() + ", " + words, bars);
  }

  private static BarChart.Bar bar(double milliseconds, double own) {
    double times = milliseconds / own;
    String label =
        String.format(Locale.ROOT, "%s ms (%.2f)", PerformanceTables.digits(milliseconds), times);
    return new BarChart.Bar(times, label);
  }
}
