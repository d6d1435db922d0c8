package io.carousel.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.util.List;

/** Reads a tensor's numbers, flat or nested as its shape is. */
final class DataReader {
  private final JsonParser parser;
  private final TensorSpec spec;
  private final List<Integer> shape;
  private final Datatype datatype;
  private float[] floats = new float[0];
  private int[] integers = new int[0];
  private int count;

  /** A reader of the array that {@code parser} stands at the beginning of. */
  DataReader(JsonParser parser, TensorSpec spec, List<Integer> shape, Datatype datatype) {
    this.parser = parser;
    this.spec = spec;
    this.shape = shape;
    this.datatype = datatype;
  }

  /**
   * All numbers.
   *
   * @param bytes of the request
   */
  Tensor read(int bytes) throws IOException {
    long size = 1;
    for (int axis : shape) {
      size *= axis;
      if (size > bytes / 2) { // a number and a comma
        throw new ProtocolException(
            "%s of shape %s has more numbers than the request can hold".formatted(spec, shape));
      }
    }
    if (datatype.isInteger()) {
      integers = new int[(int) size];
    } else {
      floats = new float[(int) size];
    }
    if (parser.nextToken() == JsonToken.START_ARRAY && shape.size() > 1) {
      readNested(0);
    } else {
      readFlat((int) size);
    }
    return new Tensor(spec, shape, floats, integers);
  }

  private void readFlat(int size) throws IOException {
    for (JsonToken token = parser.currentToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (count == size) {
        throw new ProtocolException(
            "%s of shape %s takes %s, got more".formatted(spec, shape, numbers(size)));
      }
      readNumber(token);
    }
    if (count < size) {
      throw new ProtocolException(
          "%s of shape %s takes %s, got %d".formatted(spec, shape, numbers(size), count));
    }
  }

  private static String numbers(int count) {
    return count == 1 ? "1 number" : count + " numbers";
  }

  /** The parser stands at the first token inside of the array of that axis. */
  private void readNested(int axis) throws IOException {
    boolean innermost = axis == shape.size() - 1;
    int size = 0;
    for (JsonToken token = parser.currentToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (size++ == shape.get(axis)) {
        throw wrongLength(axis, "more");
      }
      if (innermost) {
        readNumber(token);
      } else {
        RequestReader.expect(
            parser, token, JsonToken.START_ARRAY, "the data of " + spec + " at " + position());
        parser.nextToken();
        readNested(axis + 1);
      }
    }
    if (size < shape.get(axis)) {
      throw wrongLength(axis, Integer.toString(size));
    }
  }

  private ProtocolException wrongLength(int axis, String got) {
    return new ProtocolException(
        "the data of %s has %s along axis %s, the shape %s says %d"
            .formatted(spec, got, spec.axes().get(axis).name(), shape, shape.get(axis)));
  }

  private void readNumber(JsonToken token) throws IOException {
    if (datatype.isInteger()) {
      if (token != JsonToken.VALUE_NUMBER_INT) {
        throw wrong("a whole number", token);
      }
      try {
        integers[count] = parser.getIntValue();
      } catch (InputCoercionException e) {
        throw new ProtocolException(
            "%s at %s is %s, which does not fit 32 bits"
                .formatted(spec, position(), JsonProblem.quote(parser.getText())));
      }
    } else {
      if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
        throw wrong("a number", token);
      }
      float value = parser.getFloatValue();
      if (!Float.isFinite(value)) {
        throw new ProtocolException(
            "%s at %s is %s; numbers must be finite and fit FP32"
                .formatted(spec, position(), JsonProblem.quote(parser.getText())));
      }
      floats[count] = value;
    }
    count++;
  }

  private ProtocolException wrong(String expected, JsonToken token) {
    return new ProtocolException(
        "%s at %s must be %s, got %s"
            .formatted(spec, position(), expected, JsonProblem.word(token)));
  }

  private String position() {
    return spec.position(shape, count);
  }
}
