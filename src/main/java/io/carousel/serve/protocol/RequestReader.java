package io.carousel.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request, token by token, into arrays: no tree is built, and nothing is allocated that the
 * request's own bytes do not account for.
 */
public final class RequestReader {
  private static final int LONGEST_ID = 256;
  private static final int MOST_PARAMETERS = 64;

  // NaN and Infinity are read so that they can be refused by their place in the tensor
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxNumberLength(64)
                  .maxStringLength(4_096)
                  .maxNameLength(256)
                  .build())
          .build();

  private final byte[] json;
  private final ModelSignature signature;
  private @Nullable String id;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();

  private RequestReader(byte[] json, ModelSignature signature) {
    this.json = json;
    this.signature = signature;
  }

  /**
   * The request that {@code json} holds, UTF-8.
   *
   * @throws ProtocolException when it is no JSON, no request, or not for this model
   */
  public static InferenceRequest read(byte[] json, ModelSignature signature) {
    if (json.length == 0) {
      throw new ProtocolException("the body is empty; it must be a request in JSON");
    }
    if (json[0] <= 0 || (json.length > 1 && json[1] == 0)) {
      throw new ProtocolException("the body is no JSON in UTF-8"); // else UTF-16 would be read
    }
    RequestReader reader = new RequestReader(json, signature);
    try (JsonParser parser = reader.parser(0)) {
      reader.readRequest(parser);
      if (parser.nextToken() != null) {
        throw new ProtocolException("something follows the request's closing brace");
      }
    } catch (JsonProcessingException e) {
      throw JsonProblem.of(e);
    } catch (IOException e) {
      throw new ProtocolException("the body is no JSON in UTF-8: " + e.getMessage());
    }
    return new InferenceRequest(reader.id, Map.copyOf(reader.inputs));
  }

  private JsonParser parser(int offset) throws IOException {
    return FACTORY.createParser(json, offset, json.length - offset);
  }

  private void readRequest(JsonParser parser) throws IOException {
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the request");
    boolean anyInputs = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "id" -> id = readId(parser);
        case "inputs" -> {
          expect(parser, value, JsonToken.START_ARRAY, "inputs");
          anyInputs = true;
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            readInput(parser);
          }
        }
        case "outputs" -> readOutputs(parser);
        case "parameters" -> skipParameters(parser, "parameters");
        default -> throw unknown("the request", field, "id, inputs, outputs, parameters");
      }
    }
    if (!anyInputs) {
      throw new ProtocolException("the request has no inputs");
    }
    for (TensorSpec spec : signature.inputs()) {
      if (spec.required() && !inputs.containsKey(spec.name())) {
        throw new ProtocolException("the request has no %s %s".formatted(spec, spec.form()));
      }
    }
  }

  private static String readId(JsonParser parser) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, "id");
    String id = parser.getText();
    if (id.isEmpty()
        || id.length() > LONGEST_ID
        || !StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
      throw new ProtocolException("id must be text of 1.." + LONGEST_ID + " characters");
    }
    return id;
  }

  private void readInput(JsonParser parser) throws IOException {
    int number = inputs.size();
    InputReader input = new InputReader(number, json.length, signature, this::parser);
    Tensor tensor = input.read(parser);
    if (inputs.put(tensor.spec().name(), tensor) != null) {
      throw new ProtocolException(tensor.spec() + " is given twice");
    }
  }

  private void readOutputs(JsonParser parser) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.START_ARRAY, "outputs");
    int number = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String where = "outputs[" + number++ + "]";
      expect(parser, parser.currentToken(), JsonToken.START_OBJECT, where);
      String name = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "name" -> name = readText(parser, where + ".name");
          case "parameters" -> skipParameters(parser, where + ".parameters");
          default -> throw unknown(where, field, "name, parameters");
        }
      }
      if (!signature.output().name().equals(name) || number > 1) {
        throw new ProtocolException(
            "%s asks for %s; the model has one output, '%s'"
                .formatted(where, JsonProblem.quote(name), signature.output().name()));
      }
    }
  }

  static String readText(JsonParser parser, String where) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, where);
    return parser.getText();
  }

  /** Parameters would change what is computed; one that is false asks for nothing. */
  static void skipParameters(JsonParser parser, String where) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.START_OBJECT, where);
    int number = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      if (++number > MOST_PARAMETERS) {
        throw new ProtocolException(where + " has more than " + MOST_PARAMETERS + " entries");
      }
      String field = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_FALSE) {
        throw new ProtocolException(
            "%s: this server has no parameter %s".formatted(where, JsonProblem.quote(field)));
      }
    }
  }

  static ProtocolException unknown(String where, String field, String known) {
    return new ProtocolException(
        "%s has an unknown field %s; known are %s"
            .formatted(where, JsonProblem.quote(field), known));
  }

  static void expect(
      JsonParser parser, @Nullable JsonToken token, JsonToken expected, String where) {
    if (token != expected) {
      throw new ProtocolException(
          "%s must be %s, got %s"
              .formatted(where, JsonProblem.word(expected), JsonProblem.word(token)));
    }
  }
}
