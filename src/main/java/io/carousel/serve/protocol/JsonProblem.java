package io.carousel.serve.protocol;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the parser found, in words for whoever wrote the JSON. */
final class JsonProblem {
  private static final int LONGEST = 160;

  /** What the parser says of itself: a limit's method, where a bracket opened, all of JSON. */
  private static final Pattern INTERNALS =
      Pattern.compile(
          ", from `[^`]*`"
              + "| \\((start marker at|for \\w+ starting at) \\[[^\\]]*]\\)"
              + "|(: was expecting)? \\(JSON String.*");

  private JsonProblem() {}

  static ProtocolException of(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    String at =
        location == null
            ? ""
            : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    if (e instanceof JsonEOFException) {
      return new ProtocolException("the body is no valid JSON: it breaks off" + at);
    }
    boolean limit = e instanceof StreamConstraintsException;
    return new ProtocolException(
        (limit ? "the JSON is beyond what is read" : "the body is no valid JSON")
            + at
            + ": "
            + oneLine(INTERNALS.matcher(e.getOriginalMessage()).replaceAll("")));
  }

  /** Text of the request as it appears in a message: quoted, short, without control characters. */
  static String quote(@Nullable String text) {
    return text == null ? "nothing" : "'" + oneLine(text) + "'";
  }

  private static String oneLine(String text) {
    String plain =
        text.codePoints()
            .limit(LONGEST + 1L)
            .mapToObj(c -> Character.isISOControl(c) ? " " : Character.toString(c))
            .collect(Collectors.joining());
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
  }

  static String word(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      case END_ARRAY, END_OBJECT -> "its end";
      default -> "something else";
    };
  }
}
