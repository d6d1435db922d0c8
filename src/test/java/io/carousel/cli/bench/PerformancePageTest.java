package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class PerformancePageTest {
  private static final String MACHINE =
      """
      {"kind":"machine","suite":"%s","time":"2026-01-02T03:04:05Z","description":"cpu: X, 2 threads",\
      "threads":2,"processors":2,"jdk":"17","system":"Linux","gigaflopsPerSecond":217.4,"products":[],\
      "traffic":[{"workingSetBytes":262144,"copyBytesPerSecond":3e9,"readBytesPerSecond":98.7e9}]}
      """;
  private static final String RESULT =
      """
      {"kind":"result","suite":"%s","workload":"%s","plan":"%s","threads":2,"rows":%d,"quietTurns":%d,\
      "secondsPerStep":{"median":%s,"p10":0.001,"p90":0.003,"p99":0.004},"gigaflopsPerSecond":150.25,\
      "flopPerStep":%s,"peakDeviceBytes":%d,"formulaBytes":1048576,"heapBytesPerTimeStep":12.4,\
      "steadyStateDeviceAllocations":0,"roofline":{"share":0.876}}
      """;
  private static final String PEERS =
      """
      workload,peer,threads,median_ms,quiet_rounds
      train-S,torch,2,14.0,3
      train-S,carousel,2,10.0,3
      train-S,carousel-stepwise,2,13.0,0
      train-S,onednn,2,12.5,3
      train-S,dl4j,2,150.0,3
      gemm-S,carousel,2,1.0,3
      """;
  private static final String PAGE =
      "before\n<!-- measured: old -->\nold words\n<!-- end of measured -->\nafter\n";

  @TempDir Path folder;

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private String page() throws IOException {
    String page = PerformancePage.withMeasured(PAGE, List.of(folder.toString()));
    assertTrue(page.startsWith("before\n<!-- measured: " + folder + " -->\n\n#"), page);
    assertTrue(page.endsWith("\n\n<!-- end of measured -->\nafter\n"), page);
    assertFalse(page.contains("old words"), page);
    assertEquals(List.of(folder.toString()), PerformancePage.folders(page));
    assertEquals(page, PerformancePage.withMeasured(page, PerformancePage.folders(page)));
    return page;
  }

  private static void has(String page, String line) {
    assertTrue(page.lines().anyMatch(line::equals), () -> line + " in " + page);
  }

  /** What is committed was made of the files that it names. */
  @Test
  void thePageAndTheChartAreUpToDate() throws IOException {
    String page = Files.readString(PerformancePage.PAGE);
    List<String> folders = PerformancePage.folders(page);
    assertEquals(PerformancePage.withMeasured(page, folders), page);
    String chart = PerformancePage.chart(folders);
    assertEquals(!chart.isEmpty(), Files.exists(PerformancePage.CHART));
    if (!chart.isEmpty()) {
      assertEquals(chart, Files.readString(PerformancePage.CHART));
    }
  }

  @Test
  void plansStandSideBySide() throws IOException {
    write(
        "cpu-2.jsonl",
        MACHINE.formatted("cpu")
            + RESULT.formatted("cpu", "train-S", "stepwise", 9, 8, "0.002", "1", 1572864)
            + RESULT.formatted("cpu", "train-S", "fused-avx2", 9, 0, "0.001", "1", 1048576)
            + RESULT.formatted("cpu", "train-X", "stepwise", 9, 8, "0.1234", "1", 1048576));
    String page = page();
    has(page, "cpu: X; 2 processors; JDK 17; Linux.");
    has(page, "| cpu | 2 | 2026-01-02 03:04 | 217 | 0.25 MiB: 99 |");
    has(
        page,
        "| train-S | 2 | 2.00 (1.00–3.00) | 1.00* (1.00–3.00) | 2.00 | 150.3 | 88 % | 1.5 | 1.0 |"
            + " 12 |");
    has(page, "| train-X | 2 | 123.4 (1.00–3.00) |  |  | 150.3 | 88 % | 1.0 |  | 12 |");
    assertFalse(page.contains("Streaming"), "what was not measured is not there");
  }

  @Test
  void raggedBatchesAreHeldAgainstTheirRows() throws IOException {
    write(
        "ragged-2.jsonl",
        RESULT.formatted("ragged", "train-S", "fused-a", 3200, 1, "0.010", "1", 1)
            + RESULT.formatted("ragged", "ragged-train-S", "fused-a", 2000, 1, "0.008", "1", 1));
    has(
        page(),
        "| ragged-train-S | 2 | fused-a | 10.00 (1.00–3.00) | 8.00 (1.00–3.00) | 0.800 | 0.625 |"
            + " 0.78 |");
  }

  @Test
  void streamsGrowthAndLongTrainingHaveTables() throws IOException {
    write(
        "all.jsonl",
        RESULT.formatted("stream", "stream-8", "stepwise", 1, 1, "0.0000081", "1", 1)
            + RESULT.formatted("scaling", "base", "stepwise", 1, 1, "0.001", "10", 100)
            + RESULT.formatted("scaling", "T-x2", "stepwise", 1, 1, "0.003", "20", 150)
            + "{\"kind\":\"soak\",\"suite\":\"soak\",\"step\":1000000,\"seconds\":99.6,"
            + "\"deviceBytes\":46876,\"residentBytes\":1048576,\"heapBytes\":2097152}\n");
    String page = page();
    has(page, "| stream-8 | 2 | stepwise | 8.10 | 4000 | 88 % | 12 | 0 |");
    has(page, "| T-x2 | 2 | stepwise | 3.00 | 2.00 | 1.50 | 1.50 | 1.00 | 1.50 |");
    has(page, "| 1,000,000 | 100 | 46,876 | 1.0 | 2.0 |");
  }

  @Test
  void peersStandBesideUsAndInTheChart() throws Exception {
    write("results.csv", PEERS);
    String page = page();
    has(
        page,
        "| workload | threads | Carousel | torch | carousel-stepwise | onednn | dl4j | ratio |");
    has(page, "| train-S | 2 | 10.00 | 14.00 | 13.00* | 12.50 | 150.0 | 1.25 |");
    assertFalse(page.contains("gemm"), page);
    String svg = PerformancePage.chart(List.of(folder.toString()));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
    assertTrue(svg.contains(">14.00 ms (1.40)<") && svg.contains(">12.50 ms (1.25)<"), svg);
    assertTrue(svg.contains("prefers-color-scheme: dark"));
  }

  @Test
  void nothingMeasuredLeavesNothing() throws IOException {
    assertEquals(
        "before\n<!-- measured: -->\n<!-- end of measured -->\nafter\n",
        PerformancePage.withMeasured(PAGE, List.of()));
    assertEquals("", PerformancePage.chart(List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> PerformancePage.withMeasured("x", List.of()));
  }

  @Test
  void longBarsEndAtTheLimit() {
    BarChart chart = new BarChart("A < B", List.of("a"), 2);
    String svg =
        chart
            .group("g", List.of(new BarChart.Bar(1, "one")))
            .group("h", List.of(new BarChart.Bar(50, "fifty")))
            .group("i", List.of(new BarChart.Bar(Double.NaN, "none")))
            .svg();
    assertTrue(svg.contains("width=\"275\"") && svg.contains("width=\"550\""), svg);
    assertTrue(svg.contains("A &lt; B") && !svg.contains("none"), svg);
  }
}
