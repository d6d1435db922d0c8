package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document as text: self-contained, well-formed, escaped, accessible; and how it is written.
 */
class ReportTest {
  private static final Set<String> VOID = Set.of("meta", "link");
  private static final String HOSTILE =
      "</script><script>alert('1')</script>&<b onclick=\"x\">\u2028";

  @TempDir Path folder;

  @Test
  void loadsNothing() {
    String html = DemoReport.build().html();

    assertEquals(
        List.of(" href=\"data:,\""),
        all("(?i)\\s(?:src|srcset|href|action|data|poster)=\"[^\"]*\"", tagsOnly(html)));
    String styles = String.join("", contents("style", html));
    assertEquals(List.of(), all("(?i)url\\(|@import|@font-face", styles));
    assertTrue(html.length() < 3_000_000, () -> html.length() + " characters");
  }

  @Test
  void policyNamesEveryStyleAndScriptAndNothingElse() throws Exception {
    String html = DemoReport.build().html();
    String policy =
        all("Content-Security-Policy\" content=\"([^\"]*)\"", html).get(0).replace("&#39;", "'");

    assertTrue(policy.contains("default-src 'none';"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    Set<String> expected = new HashSet<>();
    for (String content : contents("style", html)) {
      expected.add(hash(content));
    }
    for (String content : contents("script", html)) {
      expected.add(hash(content));
    }
    assertEquals(6, expected.size());
    assertEquals(expected, new HashSet<>(all("'(sha256-[^']*)'", policy)));
  }

  @Test
  void keepsTheLicenceOfTheChartLibrary() {
    String html = DemoReport.build().html();

    assertTrue(html.contains("Copyright (c) 2022 Leon Sorokin"));
    assertTrue(
        html.contains("The above copyright notice and this permission notice shall be included"));
    assertTrue(html.contains("uPlot 1.6.30"));
  }

  @Test
  void isWellFormedWithOneTitleAndUniqueIds() {
    String html = DemoReport.build().html();

    assertEquals(List.of(), unbalanced(html));
    assertEquals(1, all("<h1>", html).size());
    List<String> ids = all("\\sid=\"([^\"]*)\"", tagsOnly(html));
    assertEquals(new HashSet<>(ids).size(), ids.size(), () -> "repeated ids in " + ids);
    List<String> references = all("aria-(?:labelledby|describedby)=\"([^\"]*)\"", tagsOnly(html));
    assertTrue(ids.containsAll(references), () -> references + " in " + ids);
    assertEquals(all("<table>", html).size(), all("<caption", html).size());
    assertEquals(List.of(), all("<th (?!scope=)[^>]*>", html));
  }

  @Test
  void escapesEveryText() {
    double[] one = {1};
    String html =
        Report.titled(HOSTILE)
            .subtitle(HOSTILE)
            .lead(
                Paragraph.of(HOSTILE),
                Facts.of(new Fact(HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
                KeyValues.empty().add(HOSTILE, HOSTILE))
            .section(
                HOSTILE,
                Table.captioned(HOSTILE)
                    .text(HOSTILE)
                    .number(HOSTILE, HOSTILE, 1)
                    .row(HOSTILE, 1.5),
                LineChart.titled(HOSTILE)
                    .note(HOSTILE)
                    .x(HOSTILE, HOSTILE)
                    .y(HOSTILE, HOSTILE)
                    .syncedBy(HOSTILE)
                    .line(HOSTILE, one, one)
                    .mark("mark", 1, HOSTILE))
            .html();

    assertFalse(html.contains("<script>alert"), "unescaped text");
    assertEquals(List.of(), all("(?i)<b[ >]|onclick=\"", html));
    assertEquals(List.of(), unbalanced(html));
    assertFalse(contents("script type=\"application/json\"", html).get(0).contains("\u2028"));
  }

  @Test
  void sameContentGivesTheSameBytes() {
    assertEquals(DemoReport.build().html(), DemoReport.build().html());
  }

  @Test
  void fiveMinutesOfEcgStayLight() {
    double[] seconds = new double[108_000];
    double[] signal = new double[seconds.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = i / 360.0;
      signal[i] = Math.sin(seconds[i]) + 1e-3 * Math.sin(7919.0 * i);
    }
    String html =
        Report.titled("long")
            .section(
                "", LineChart.titled("ECG").line("a", seconds, signal).line("b", seconds, signal))
            .html();

    assertTrue(html.length() < 1_000_000, () -> html.length() + " characters");
    assertTrue(html.contains("Thinned out from 108,000 to "), "the chart does not say so");
  }

  @Test
  void writesAndReplacesTheWholeFile() throws IOException {
    Path file = folder.resolve("report.html");
    Files.writeString(file, "old");
    Report report = Report.titled("Grüße");

    report.write(file);

    assertEquals(report.html(), Files.readString(file));
    assertEquals(List.of(file), list(folder));
  }

  @Test
  void failedWriteLeavesNothingBehind() throws IOException {
    Path missing = folder.resolve("missing").resolve("report.html");
    assertThrows(NoSuchFileException.class, () -> Report.titled("a").write(missing));

    Path occupied = folder.resolve("report.html");
    Files.createDirectories(occupied.resolve("inner"));
    assertThrows(IOException.class, () -> Report.titled("a").write(occupied));

    assertEquals(List.of(occupied), list(folder));
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static String hash(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  /** The first group of each match, or the whole match where the pattern has no group. */
  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .toList();
  }

  private static List<String> contents(String tag, String html) {
    String name = tag.replaceFirst(" .*", "");
    return Pattern.compile("<" + tag + ">(.*?)</" + name + ">", Pattern.DOTALL)
        .matcher(html)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static String tagsOnly(String html) {
    return html.replaceAll("(?s)(<(script|style)[^>]*>).*?</\\2>", "$1</$2>");
  }

  private static List<String> unbalanced(String html) {
    Deque<String> open = new ArrayDeque<>();
    for (MatchResult tag :
        Pattern.compile("<(/?)([a-z][a-z0-9]*)(?:\\s[^<>]*)?>")
            .matcher(tagsOnly(html))
            .results()
            .toList()) {
      if (tag.group(1).isEmpty()) {
        if (!VOID.contains(tag.group(2))) {
          open.push(tag.group(2));
        }
      } else if (!tag.group(2).equals(open.poll())) {
        return List.of(tag.group() + " at " + tag.start());
      }
    }
    return List.copyOf(open);
  }
}
