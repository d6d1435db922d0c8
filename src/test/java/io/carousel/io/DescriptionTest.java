package io.carousel.io;

import static io.carousel.io.Failures.assertProblem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A description is read to its last field or refused by the name of the field. */
class DescriptionTest {
  private static final Path FILE = Path.of("model.safetensors");

  private static final String TEXT =
      "{\"name\":\"ecg\",\"layers\":2,\"samples\":9007199254740993,\"scale\":0.1,\"bias\":true,"
          + "\"words\":[\"a\",\"b\"],\"means\":[1,2.5],\"lstm\":{\"units\":64},"
          + "\"heads\":[{\"units\":1},{\"units\":2}],\"origin\":{\"any\":[null,{}]},"
          + "\"huge\":1e999,\"none\":null}";

  @Test
  void everyKindOfFieldIsRead() throws ModelFormatException {
    boolean all =
        read(
            d -> {
              assertEquals("ecg", d.text("name"));
              assertEquals(2, d.integer("layers"));
              assertEquals(9007199254740993L, d.longInteger("samples"));
              assertEquals(0.1, d.number("scale"));
              assertEquals(2, d.number("layers"));
              assertTrue(d.flag("bias"));
              assertEquals(List.of("a", "b"), d.texts("words"));
              assertArrayEquals(new double[] {1, 2.5}, d.numbers("means"));
              assertEquals(64, d.<Integer>object("lstm", lstm -> lstm.integer("units")));
              assertEquals(
                  List.of(1, 2), d.<Integer>objects("heads", head -> head.integer("units")));
              assertEquals("{\"any\":[null,{}]}", d.json("origin").toString());
              assertTrue(d.has("huge") && d.has("none"));
              assertFalse(d.has("dropout"));
              return true;
            });
    assertTrue(all);
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        arguments(reader(d -> d.text("title")), "description: there is no field 'title'"),
        arguments(reader(d -> d.text("layers")), "description.layers is 2, expected a text"),
        arguments(reader(d -> d.text("none")), "description.none is null, expected a text"),
        arguments(
            reader(d -> d.integer("samples")),
            "description.samples is 9007199254740993, expected a whole number of 32 bits"),
        arguments(reader(d -> d.integer("scale")), "scale is 0.1, expected a whole number"),
        arguments(reader(d -> d.longInteger("huge")), "expected a whole number of 64 bits"),
        arguments(reader(d -> d.number("name")), "name is \"ecg\", expected a finite number"),
        arguments(reader(d -> d.number("huge")), "expected a finite number"),
        arguments(reader(d -> d.flag("layers")), "layers is 2, expected true or false"),
        arguments(reader(d -> d.texts("name")), "name is \"ecg\", expected a list"),
        arguments(reader(d -> d.texts("means")), "means[0] is 1, expected a text"),
        arguments(reader(d -> d.numbers("words")), "words[0] is \"a\", expected a finite number"),
        arguments(
            reader(d -> d.<Integer>object("words", w -> 1)),
            "words is [\"a\",\"b\"], expected an object"),
        arguments(
            reader(d -> d.<Integer>object("lstm", lstm -> lstm.integer("cells"))),
            "description.lstm: there is no field 'cells'"),
        arguments(
            reader(d -> d.<Integer>object("lstm", lstm -> 1)),
            "description.lstm: unknown fields 'units'; known are none"),
        arguments(
            reader(d -> d.<Integer>objects("heads", h -> h.has("size") ? 1 : 2)),
            "description.heads[0]: unknown fields 'units'; known are 'size'"),
        arguments(
            reader(d -> d.<Integer>objects("means", h -> 1)), "means[0] is 1, expected an object"),
        arguments(
            reader(d -> d.integer("layers")),
            "description: unknown fields 'name', 'samples', 'scale', 'bias', 'words', 'means',"),
        arguments(
            reader(
                d -> {
                  throw new IllegalArgumentException("layers is 2, this plan takes 1");
                }),
            "description: layers is 2, this plan takes 1"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongFields(Description.Reader<Object> reader, String problem) {
    assertProblem(() -> read(reader), FILE, problem);
  }

  static Stream<Arguments> badTexts() {
    return Stream.of(
        arguments("", "is not a JSON object"),
        arguments("[]", "is not a JSON object"),
        arguments("1", "is not a JSON object"),
        arguments("{", "no valid JSON"),
        arguments("{} {}", "no valid JSON"),
        arguments("{\"a\":1,\"a\":1}", "uplicate"),
        arguments("{\"b\":[{\"a\":1,\"a\":1}]}", "uplicate"),
        arguments("{\"a\":NaN}", "no valid JSON"),
        arguments("{\"a\":" + "[".repeat(100_000), "beyond what is read"),
        arguments("{\"a\":" + "{\"a\":".repeat(100_000), "beyond what is read"),
        arguments("{\"a\":" + "9".repeat(100_000) + "}", "beyond what is read"),
        arguments("{\"a\":[" + "[],".repeat(1_500_000) + "[]]}", "beyond what is read"),
        arguments("{\"a\":\"" + "x".repeat(16_000_000) + "\"}", "16000008 characters, at most"));
  }

  @ParameterizedTest
  @MethodSource
  void badTexts(String text, String problem) {
    assertProblem(() -> StrictJson.parse(FILE, "description", text), FILE, problem);
  }

  @Test
  void numbersThatJsonDoesNotHaveAreNotWritten() {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.putObject("scale").putArray("std").add(1.0).add(Double.NaN);
    Failures.assertBadArgument(
        () -> StrictJson.write(description), "description.scale.std[1] is NaN");
    ObjectNode infinite = JsonNodeFactory.instance.objectNode().put("x", Float.POSITIVE_INFINITY);
    Failures.assertBadArgument(() -> StrictJson.write(infinite), "description.x is Infinity");
  }

  private static <T> T read(Description.Reader<T> reader) throws ModelFormatException {
    return Description.read(
        FILE, "description", StrictJson.parse(FILE, "description", TEXT), reader);
  }

  private static Description.Reader<Object> reader(Description.Reader<Object> reader) {
    return reader;
  }
}
