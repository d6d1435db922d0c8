package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.Browser;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens reports in a headless Chromium: they draw, obey their policy, and can be used. */
class ReportBrowserTest {
  @TempDir Path folder;

  private Browser browser;
  private Path page;

  @BeforeEach
  void findBrowser() {
    browser = Browser.require();
    page = folder.resolve("report.html");
  }

  @Test
  void drawsEveryChartWithoutAComplaint() throws Exception {
    DemoReport.build().write(page);

    Browser.Visit visit = browser.visit(page, folder);

    assertEquals(List.of(), visit.console());
    assertEquals(3, count("<figure[^>]*data-rendered", visit.dom()));
    assertEquals(3, count("<canvas", visit.dom()));
  }

  @Test
  void drawsAwkwardCharts() throws Exception {
    double nan = Double.NaN;
    LineChart onePoint =
        LineChart.titled("one point").line("a", new double[] {1}, new double[] {2});
    LineChart gapsOnly =
        LineChart.titled("gaps only").line("a", new double[] {1, 2}, new double[] {nan, nan});
    LineChart gapsOnlyLogarithmic =
        LineChart.titled("nothing positive")
            .logarithmicY()
            .line("a", new double[] {1, 2}, new double[] {0, -1});
    LineChart constant =
        LineChart.titled("constant").line("a", new double[] {0, 1e-9}, new double[] {1e-12, 1e-12});
    LineChart ownAxes =
        LineChart.titled("own x axes <b>&amp;")
            .x("</script>", "µs")
            .line(
                "</script><script>alert(1)</script>",
                new double[] {1, 2, 3},
                new double[] {1, nan, 2})
            .dashed("b", new double[] {-1, 2.5}, new double[] {1e300, -1e300})
            .mark("mark", 9, "outside")
            .band("band", -5, 50);
    double[] lags = IntStream.range(0, 30).mapToDouble(i -> i).toArray();
    double[] vanishing = IntStream.range(0, 30).mapToDouble(i -> Math.exp(-5.0 * i)).toArray();
    LineChart manyDecades =
        LineChart.titled("sixty-three decades").logarithmicY().line("gradient", lags, vanishing);
    LineChart extreme =
        LineChart.titled("extreme")
            .line("a", new double[] {-1e300, 0, 1e300}, new double[] {-1.7e308, -1e300, 1e300});
    Report.titled("Awkward")
        .section("Charts", manyDecades, extreme)
        .section("Charts", onePoint, gapsOnly, gapsOnlyLogarithmic, constant, ownAxes)
        .write(page);

    Browser.Visit visit = browser.visit(page, folder);

    assertEquals(List.of(), visit.console());
    assertEquals(7, count("<figure[^>]*data-rendered", visit.dom()));
  }

  @Test
  void policyStopsAScriptThatWasTamperedWith() throws Exception {
    String html = DemoReport.build().html();
    Files.writeString(page, html.replace("function repaint()", "function  repaint()"));

    Browser.Visit visit = browser.visit(page, folder);

    assertEquals(0, count("<figure[^>]*data-rendered", visit.dom()));
    assertTrue(
        visit.console().stream().anyMatch(line -> line.contains("Content Security Policy")),
        () -> "console: " + visit.console());
  }

  @Test
  void canBeUsedOnAPhoneAndWithoutAMouse() throws Exception {
    DemoReport.build().write(page);
    Path visitor = folder.resolve("visitor.html");
    try (InputStream in = getClass().getResourceAsStream("visitor.html")) {
      Files.copy(in, visitor);
    }

    Browser.Visit visit = browser.use(visitor, folder);

    assertEquals(List.of(), visit.console());
    Matcher seen = Pattern.compile("<pre id=\"seen\">(.+?)</pre>").matcher(visit.dom());
    assertTrue(seen.find(), "the visitor did not finish");
    JsonNode result = new ObjectMapper().readTree(seen.group(1));
    assertEquals(0, result.get("overflow").asInt(), "pixels that stick out to the right");
    for (JsonNode colours : result.get("colours")) {
      assertTrue(colours.asInt() > 20, () -> "colours on the canvases: " + result.get("colours"));
    }
    Map<String, String> actual = new TreeMap<>();
    for (String key : EXPECTED.keySet()) {
      actual.put(key, result.path(key).asText());
    }
    assertEquals(EXPECTED, actual);
    assertTrue(
        result.get("tip").asText().matches("time [\\d.]+ struth-?[\\d.]+ mVforecast-?[\\d.]+ mV"),
        result.get("tip").asText());
    assertEquals(
        "{\"truth\":\"false\",\"forecast\":\"false\",\"abnormal beat\":\"false\"}",
        result.get("toggled").toString());
  }

  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("resetAtHome", "true"),
              Map.entry("zoomChanges", "true"),
              Map.entry("syncedChanges", "true"),
              Map.entry("resetWhenZoomed", "false"),
              Map.entry("othersStay", "true"),
              Map.entry("escapeRestores", "true"),
              Map.entry("movedAway", "true"),
              Map.entry("buttonRestores", "true"),
              Map.entry("dragZooms", "false"),
              Map.entry("doubleClickRestores", "true")));

  @Test
  void showsThePaletteInLightAndDark() throws Exception {
    DemoReport.build().write(page);

    BufferedImage light = screenshot(false);
    BufferedImage dark = screenshot(true);

    assertEquals(0xffffff, light.getRGB(5, 5) & 0xffffff);
    assertTrue(pixels(light, 0x0072b2) > 300, "blue line on white");
    assertTrue(pixels(light, 0xd1500a) > 300, "vermilion line on white");
    assertEquals(0x14171b, dark.getRGB(5, 5) & 0xffffff);
    assertTrue(pixels(dark, 0x4aa8e8) > 300, "blue line on black");
    assertFalse(pixels(dark, 0xffffff) > 300, "white areas in the dark");
  }

  @Test
  void gapReachesPastTheValuesOfOtherSeries() throws Exception {
    LineChart chart =
        LineChart.titled("gap")
            .line("gap", new double[] {1, 2, 3}, new double[] {1, Double.NaN, 1})
            .line("other", new double[] {2.5}, new double[] {2});
    Report.titled("Gap").section("", chart).write(page);

    // the legend and two points; a line from 2.5 to 3 would be 230 pixels long
    assertTrue(pixels(screenshot(false), 0x0072b2) < 150, "a line is drawn across the gap");
  }

  private BufferedImage screenshot(boolean dark) throws Exception {
    Path image = folder.resolve(dark ? "dark.png" : "light.png");
    browser.screenshot(page, folder, image, 1200, 3000, dark);
    return ImageIO.read(image.toFile());
  }

  private static int pixels(BufferedImage image, int colour) {
    int found = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        found += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
      }
    }
    return found;
  }

  private static long count(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }
}
