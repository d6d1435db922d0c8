package io.carousel.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes a chart as JSON that may stand inside a script element, for charts.js to draw. */
final class ChartJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private ChartJson() {}

  /** The chart's options and {@code data}; every number parses back to the same double. */
  static String write(LineChart chart, ChartData data) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.setCharacterEscapes(new ScriptSafe());
      json.writeStartObject();
      axis(json, "x", chart.x, false);
      axis(json, "y", chart.y, chart.logarithmic);
      json.writeStringField("sync", chart.sync);
      numbers(json, "view", chart.view);
      json.writeArrayFieldStart("legend");
      for (LegendEntry entry : chart.legend.values()) {
        entry(json, entry);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("groups");
      for (ChartData.Group group : data.groups()) {
        group(json, group);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  private static void axis(
      JsonGenerator json, String name, LineChart.Axis axis, boolean logarithmic)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("label", axis.label());
    json.writeStringField("unit", axis.unit());
    json.writeBooleanField("logarithmic", logarithmic);
    json.writeEndObject();
  }

  private static void entry(JsonGenerator json, LegendEntry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", entry.name());
    json.writeStringField("kind", entry.kind().css());
    json.writeNumberField("colour", entry.colour());
    json.writeArrayFieldStart("items");
    for (LegendEntry.Item item : entry.items()) {
      json.writeStartObject();
      json.writeNumberField("from", item.from());
      json.writeNumberField("to", item.to());
      json.writeStringField("label", item.label());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void group(JsonGenerator json, ChartData.Group group) throws IOException {
    json.writeStartObject();
    numbers(json, "x", group.x);
    json.writeArrayFieldStart("series");
    for (int i = 0; i < group.names.size(); i++) {
      json.writeStartObject();
      json.writeStringField("name", group.names.get(i));
      numbers(json, "y", group.columns.get(i));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  // JSON has no NaN: null stands for a gap
  private static void numbers(JsonGenerator json, String name, double... values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (double value : values) {
      if (Double.isNaN(value)) {
        json.writeNull();
      } else {
        json.writeNumber(value);
      }
    }
    json.writeEndArray();
  }

  /** Escapes what could end the script element or be taken for markup. */
  private static final class ScriptSafe extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&'}) {
        codes[c] = ESCAPE_STANDARD;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return character == 0x2028 || character == 0x2029
          ? new SerializedString("\\u" + Integer.toHexString(character))
          : null;
    }
  }
}
