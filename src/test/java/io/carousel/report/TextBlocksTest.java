package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tables, headline figures and key–value pairs, in a locale that writes numbers differently. */
class TextBlocksTest {
  private final Locale before = Locale.getDefault();

  @BeforeEach
  void setLocale() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void resetLocale() {
    Locale.setDefault(before);
  }

  @Test
  void tableFormatsCellsByColumn() {
    Table table =
        Table.captioned("Layers")
            .text("layer")
            .count("parameters")
            .number("RMSE", "mV", 3)
            .row("lstm", 1_234_567L, 0.12345)
            .highlight("linear", 65, 1234.5f)
            .total("total", "", Double.NaN);

    assertEquals(
        List.of("lstm", "1,234,567", "0.123", "linear", "65", "1,234.500", "total", "", "NaN"),
        cells(html(table)));
    assertTrue(html(table).contains("<tr class=\"highlight\">"));
    assertTrue(html(table).contains("<tr class=\"total\">"));
    assertTrue(html(table).contains("<td class=\"numeric\">1,234,567</td>"));
  }

  @Test
  void preformattedTextKeepsItsLinesAndIsNoMarkup() {
    String html = html(Preformatted.captioned("A & B", "two\n  lines <b>"));
    assertTrue(html.contains("<h3>A &amp; B</h3>"), html);
    assertTrue(html.contains(">two\n  lines &lt;b&gt;</pre>"), html);
  }

  @Test
  void tableRefusesCellsThatDoNotFit() {
    Table table = Table.captioned("t").text("name").count("count").number("value", 1);

    refused("'t' has 3 columns, but the row has 2 cells", () -> table.row("a", 1));
    refused("column 'name' of 't' shows strings, not Integer: 1", () -> table.row(1, 1, 1));
    refused(
        "column 'count' of 't' shows int or long, not Double: 1.5", () -> table.row("a", 1.5, 1));
    refused("column 'value' of 't' shows numbers, not String: x", () -> table.row("a", 1, "x"));
    table.row("a", 1, 1);
    assertThrows(IllegalStateException.class, () -> table.text("late"));
    assertThrows(IllegalStateException.class, () -> html(Table.captioned("empty")));
  }

  @Test
  void factsShowValueUnitAndNote() {
    String html =
        html(
            Facts.of(
                Fact.of("Error", 0.1826, 3).unit("mV").note("AR 0.211"),
                Fact.of("Samples", 108_000),
                Fact.of("Time", "2 min")));

    assertTrue(html.contains("0.183\u00a0<span class=\"unit\">mV</span>"), html);
    assertTrue(html.contains("<dd class=\"note\">AR 0.211</dd>"), html);
    assertTrue(html.contains("<dd class=\"value\">108,000</dd>"), html);
    assertTrue(html.contains("<dd class=\"value\">2 min</dd>"), html);
  }

  @Test
  void keyValuesKeepTheirOrderAndRefuseDoubles() {
    KeyValues values = KeyValues.empty().add("seed", 42).add("device", "cpu");

    assertEquals("seeddevice", String.join("", all("<dt>(.*?)</dt>", html(values))));
    refused("'seed' is there already", () -> values.add("seed", 1));
  }

  @Test
  void briefNumbers() {
    assertEquals("0", Numbers.brief(0));
    assertEquals("0.0123", Numbers.brief(0.012345));
    assertEquals("123000", Numbers.brief(123_456));
    assertEquals("-1.23e-7", Numbers.brief(-1.2345e-7));
    assertEquals("1.5e+9", Numbers.brief(1.5e9));
    assertEquals("NaN", Numbers.brief(Double.NaN));
  }

  private static void refused(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).toString();
    assertTrue(message.contains(part), message);
  }

  private static String html(Block block) {
    HtmlWriter html = new HtmlWriter();
    block.render(html);
    return html.toString();
  }

  private static List<String> cells(String html) {
    return all("<t[hd](?: scope=\"row\")? class=\"\\w+\">(.*?)</t[hd]>", html);
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
  }
}
