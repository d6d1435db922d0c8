package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeatMapTest {
  private static HeatMap confusion() {
    return HeatMap.titled("Confusion <matrix>")
        .note("Rows are true.")
        .x("predicted", List.of("N", "V"))
        .y("annotated", List.of("N", "V"))
        .values("beats", new double[][] {{90, 10}, {Double.NaN, 40}})
        .written(0);
  }

  private static String html(HeatMap map) {
    return Report.titled("t").section("s", map).html();
  }

  @Test
  void eachFiniteNumberIsACellWithItsColourAndWords() {
    String html = html(confusion());
    List<String> fills = matches("<rect[^>]*fill=\"(#[0-9a-f]{6})\"><title>", html);
    assertEquals(List.of("#fde725", "#440154"), fills.subList(0, 2), "largest, smallest");
    assertEquals(3, fills.size(), "NaN is no cell");
    assertTrue(html.contains("<title>annotated N, predicted V: 10</title>"), html);
    assertTrue(html.contains("Confusion &lt;matrix&gt;"));
    assertTrue(
        html.contains("beats of 2 rows (annotated) and 2 columns (predicted), between 10 and 90."));
    assertTrue(matches("class=\"on-bright\">(\\d+)<", html).contains("90"));
    assertTrue(matches("class=\"on-dark\">(\\d+)<", html).contains("10"));
  }

  @Test
  void divergingColoursReachEquallyFarFromTheirCentre() {
    HeatMap map =
        HeatMap.titled("t")
            .x("x", new double[] {0.5, 1, 2})
            .y("y", List.of("a"))
            .values("log", new double[][] {{-1, 0, 4}})
            .diverging(0);
    List<String> fills = matches("<rect[^>]*fill=\"(#[0-9a-f]{6})\"><title>", html(map));
    assertEquals("#f3f3f1", fills.get(1));
    assertEquals("#d1500a", fills.get(2));
    assertEquals("#b9d6e5", fills.get(0), "midway between two colours");
  }

  @Test
  void aRangeHoldsColoursFixed() {
    HeatMap map =
        HeatMap.titled("t")
            .x("x", List.of("a", "b"))
            .y("y", List.of("a"))
            .values("v", new double[][] {{-5, 1}})
            .range(0, 1);
    List<String> fills = matches("<rect[^>]*fill=\"(#[0-9a-f]{6})\"><title>", html(map));
    assertEquals(List.of("#440154", "#fde725"), fills);
    assertThrows(IllegalArgumentException.class, () -> map.range(1, 1));
  }

  @Test
  void labelsAreThinnedOutBeforeTheyTouch() {
    double[] lags = IntStream.range(0, 300).mapToDouble(i -> i).toArray();
    HeatMap map =
        HeatMap.titled("t").x("lag", lags).y("y", List.of("a")).values("v", new double[][] {lags});
    String html = html(map);
    assertEquals(300, matches("<rect[^>]*><title>(.)", html).size());
    int labels = matches("class=\"label\">([0-9]+)<", html).size();
    assertTrue(labels > 5 && labels < 40, labels + " labels");
    assertFalse(html.contains("style="), "the content security policy forbids inline styles");
  }

  @Test
  void numbersMustFitTheirRowsAndColumns() {
    HeatMap map = confusion().y("annotated", List.of("N"));
    assertThrows(IllegalStateException.class, () -> html(map));
    assertThrows(IllegalStateException.class, () -> html(HeatMap.titled("empty")));
  }

  private static List<String> matches(String pattern, String html) {
    return Pattern.compile(pattern)
        .matcher(html)
        .results()
        .map(m -> m.group(1))
        .collect(Collectors.toList());
  }
}
