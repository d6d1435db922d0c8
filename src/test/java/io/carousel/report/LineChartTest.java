package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a chart hands to its script, what it says in words, and what it refuses. */
class LineChartTest {
  private static final double NAN = Double.NaN;

  @Test
  void valuesParseBackToTheSameBits() throws Exception {
    Random random = new Random(7);
    double[] x = new double[500];
    double[] y = new double[500];
    for (int i = 0; i < x.length; i++) {
      x[i] = i / 360.0;
      y[i] = random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
    }
    y[3] = Double.MIN_VALUE;
    y[4] = 2e-3;

    JsonNode group = data(LineChart.titled("a").line("s", x, y)).get("groups").get(0);

    for (int i = 0; i < x.length; i++) {
      assertEquals(x[i], group.get("x").get(i).asDouble());
      double drawn = Math.abs(y[i]) <= 1e300 ? y[i] : 0;
      assertEquals(drawn, group.get("series").get(0).get("y").get(i).asDouble());
    }
  }

  @Test
  void whatCannotBeDrawnBecomesAGapAndIsCounted() throws Exception {
    double[] x = {1, 2, 3, 4, 5, 6};
    double[] y = {1, NAN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -1};

    LineChart linear = LineChart.titled("a").line("s", x, y);
    LineChart logarithmic = LineChart.titled("a").logarithmicY().line("s", x, y);

    assertEquals("[1.0,null,null,null,0.0,-1.0]", y(linear).toString());
    assertEquals("[1.0,null,null,null,null,null]", y(logarithmic).toString());
    assertTrue(html(linear).contains("3 values are gaps"));
    assertTrue(html(logarithmic).contains("5 values are gaps"));
  }

  @Test
  void seriesWithEqualAxesShareThem() throws Exception {
    double[] x = {1, 2};
    LineChart chart =
        LineChart.titled("a")
            .line("a", x, new double[] {1, 2})
            .line("b", new double[] {1, 3}, new double[] {3, 4})
            .dashed("c", x.clone(), new double[] {5, 6});

    JsonNode groups = data(chart).get("groups");

    assertEquals(
        "[{\"x\":[1.0,2.0],\"series\":[{\"name\":\"a\",\"y\":[1.0,2.0]},{\"name\":\"c\",\"y\":[5.0,6.0]}]},"
            + "{\"x\":[1.0,3.0],\"series\":[{\"name\":\"b\",\"y\":[3.0,4.0]}]}]",
        groups.toString());
  }

  @Test
  void laterChangesOfTheArraysDoNotShow() throws Exception {
    double[] x = {1, 2};
    double[] y = {3, 4};
    LineChart chart = LineChart.titled("a").line("a", x, y);
    y[0] = 99;

    assertEquals("[3.0,4.0]", y(chart).toString());
  }

  @Test
  void legendFollowsTheCallsAndMarksSurviveThinningOut() throws Exception {
    double[] x = new double[5_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    LineChart chart =
        LineChart.titled("a").atMost(100).reference("truth", x, x).line("forecast", x, x);
    for (int i = 0; i < 300; i++) {
      chart.mark("beat", i * 16.5, "V");
    }
    chart.level("threshold", 0.5).band("bad", 3, 4).band("bad", 8, 9);

    JsonNode data = data(chart);

    assertEquals("truth forecast beat threshold bad", join(data.get("legend"), "name"));
    assertEquals("reference solid mark level band", join(data.get("legend"), "kind"));
    assertEquals("0 1 2 0 3", join(data.get("legend"), "colour"));
    assertEquals(300, data.get("legend").get(2).get("items").size());
    assertEquals(16.5, data.get("legend").get(2).get("items").get(1).get("from").asDouble());
    assertTrue(data.get("groups").get(0).get("x").size() <= 100);
    assertTrue(html(chart).contains("Thinned out from 5,000 to "));
  }

  @Test
  void saysInWordsWhatItShows() {
    double[] epochs = {1, 2, 3};
    String html =
        html(
            LineChart.titled("Loss")
                .x("epoch")
                .y("loss", "mV²")
                .line("training", epochs, new double[] {0.5, 0.25, 0.123456})
                .level("baseline", 0.2)
                .mark("best", 3, ""));

    assertTrue(
        html.contains(
            "Lines of loss (mV²) over epoch. training: 3 values for x from 1 to 3, between 0.123"
                + " and 0.5, at the end 0.123. Level baseline: 0.2. best: 1 marked."),
        html);
  }

  @Test
  void theLegendShowsMarksAsThePlotDoes() {
    double[] x = {1, 2, 3};
    LineChart chart = LineChart.titled("Beats").x("time", "s").y("MLII", "mV").line("ecg", x, x);
    chart.mark("abnormal", 1, "!").mark("abnormal", 2, "!").mark("class", 1, "N");
    chart.mark("class", 2, "V").mark("best", 3, "");
    String html = html(chart);
    assertTrue(html.contains("class=\"key written c2\" aria-hidden=\"true\">!</span>"), html);
    assertTrue(html.contains("class=\"key mark c3\" aria-hidden=\"true\"></span>"), html);
    assertTrue(html.contains("class=\"key mark c4\" aria-hidden=\"true\"></span>"), html);
  }

  @Test
  void refusesWhatMakesNoChart() {
    double[] one = {1};
    double[] two = {1, 2};
    LineChart chart = LineChart.titled("chart");

    refused("needs as many y as x", () -> chart.line("a", two, one));
    refused("needs as many y as x", () -> chart.line("a", new double[0], new double[0]));
    refused("x[1] = 1.0 follows 1.0", () -> chart.line("a", new double[] {1, 1}, two));
    refused("x[0] = NaN", () -> chart.line("a", new double[] {NAN}, one));
    refused("'m' of 'chart' must be finite", () -> chart.mark("m", NAN, ""));
    refused("is 2.0 to 1.0", () -> chart.band("b", 2, 1));
    refused("is 1.0 to 1.0", () -> chart.view(1, 1));
    refused("at least 100", () -> chart.atMost(99));
    chart.line("a", two, two).mark("m", 1, "").level("l", 1);
    refused("has 'a' already", () -> chart.dashed("a", two, two));
    refused("has 'm' already", () -> chart.band("m", 1, 2));
    refused("has 'l' already", () -> chart.level("l", 2));
    assertThrows(IllegalStateException.class, () -> html(LineChart.titled("empty")));
    assertThrows(
        IllegalStateException.class,
        () -> html(LineChart.titled("a").logarithmicY().line("a", two, two).level("l", 0)));
  }

  private static void refused(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).toString();
    assertTrue(message.contains(part), message);
  }

  private static String html(LineChart chart) {
    HtmlWriter html = new HtmlWriter();
    chart.render(html);
    return html.toString();
  }

  private static JsonNode data(LineChart chart) throws Exception {
    Matcher script =
        Pattern.compile("<script type=\"application/json\">(.*)</script>").matcher(html(chart));
    assertTrue(script.find());
    return new ObjectMapper().readTree(script.group(1));
  }

  private static JsonNode y(LineChart chart) throws Exception {
    return data(chart).get("groups").get(0).get("series").get(0).get("y");
  }

  private static String join(JsonNode entries, String field) {
    StringBuilder joined = new StringBuilder();
    entries.forEach(entry -> joined.append(entry.get(field).asText()).append(' '));
    return joined.toString().trim();
  }
}
