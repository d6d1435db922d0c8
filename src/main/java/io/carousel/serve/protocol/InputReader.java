package io.carousel.serve.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one tensor of a request; its fields may stand in any order. */
final class InputReader {
  private static final int MOST_AXES = 8;

  private final String where;
  private final int bytes;
  private final ModelSignature signature;
  private final ParserAt parserAt;
  private @Nullable TensorSpec spec;
  private @Nullable String datatype;
  private @Nullable List<Integer> shape;
  private @Nullable Tensor tensor;
  private int dataOffset = -1;

  /** A parser that begins at a byte of the request. */
  interface ParserAt {
    JsonParser at(int offset) throws IOException;
  }

  /**
   * A reader.
   *
   * @param number which of the inputs it is
   * @param bytes of the whole request, which bound how many numbers it can hold
   */
  InputReader(int number, int bytes, ModelSignature signature, ParserAt parserAt) {
    this.where = "inputs[" + number + "]";
    this.bytes = bytes;
    this.signature = signature;
    this.parserAt = parserAt;
  }

  Tensor read(JsonParser parser) throws IOException {
    RequestReader.expect(parser, parser.currentToken(), JsonToken.START_OBJECT, where);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "name" -> spec = readName(parser);
        case "datatype" -> datatype = RequestReader.readText(parser, where + ".datatype");
        case "shape" -> shape = readShape(parser);
        case "data" -> readData(parser);
        case "parameters" -> RequestReader.skipParameters(parser, where + ".parameters");
        default ->
            throw RequestReader.unknown(where, field, "name, shape, datatype, data, parameters");
      }
    }
    if (tensor != null) {
      return tensor;
    }
    if (dataOffset < 0) {
      throw missing("data");
    }
    try (JsonParser again = parserAt.at(dataOffset)) {
      again.nextToken();
      return readNumbers(again);
    }
  }

  private TensorSpec readName(JsonParser parser) throws IOException {
    String name = RequestReader.readText(parser, where + ".name");
    TensorSpec found = signature.input(name);
    if (found == null) {
      throw new ProtocolException(
          "the model has no input %s; it has %s"
              .formatted(JsonProblem.quote(name), signature.inputNames()));
    }
    return found;
  }

  private List<Integer> readShape(JsonParser parser) throws IOException {
    RequestReader.expect(parser, parser.currentToken(), JsonToken.START_ARRAY, where + ".shape");
    List<Integer> sizes = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
      if (!whole || parser.getNumberType() != JsonParser.NumberType.INT) {
        throw new ProtocolException(
            "%s.shape[%d] must be a whole number below 2^31, got %s"
                .formatted(where, sizes.size(), JsonProblem.quote(parser.getText())));
      }
      sizes.add(parser.getIntValue());
      if (sizes.size() > MOST_AXES) {
        throw new ProtocolException(where + ".shape has more than " + MOST_AXES + " axes");
      }
    }
    return List.copyOf(sizes);
  }

  /** Numbers whose type and shape are still to come are read when these are known. */
  private void readData(JsonParser parser) throws IOException {
    RequestReader.expect(parser, parser.currentToken(), JsonToken.START_ARRAY, where + ".data");
    if (spec != null && datatype != null && shape != null) {
      tensor = readNumbers(parser);
    } else {
      dataOffset = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
      parser.skipChildren();
    }
  }

  private Tensor readNumbers(JsonParser parser) throws IOException {
    if (spec == null) {
      throw missing("name");
    }
    if (datatype == null) {
      throw missing("datatype");
    }
    if (shape == null) {
      throw missing("shape");
    }
    Datatype known = spec.datatype(datatype);
    spec.require(shape);
    return new DataReader(parser, spec, shape, known).read(bytes);
  }

  private ProtocolException missing(String field) {
    return new ProtocolException(where + " has no " + field);
  }
}
