package io.carousel.serve.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
  private static final String INPUT =
      "{'inputs':[{'name':'input','shape':[1,2,2],'datatype':'FP32','data':%s}]}";

  private static InferenceRequest read(String json, ModelSignature signature) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return RequestReader.read(bytes, signature);
  }

  private static float[] floats(String json) {
    return read(json, Signatures.FEATURES).input().floats();
  }

  private static void refused(String expected, String json, ModelSignature signature) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> read(json, signature));
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }

  @Test
  void aWholeRequestIsRead() {
    InferenceRequest request =
        read(
            "{'id':'42','parameters':{'binary_data_output':false},'inputs':["
                + "{'name':'lengths','shape':[2],'datatype':'INT32','data':[3,1]},"
                + "{'name':'input','shape':[2,3,2],'datatype':'FP32','parameters':{},"
                + "'data':[1,2.5,-3e-2,4,5,6,7,8,9,10,11,12]}],"
                + "'outputs':[{'name':'output','parameters':{'binary_data':false}}]}",
            Signatures.FEATURES);
    assertEquals("42", request.id());
    assertEquals(List.of(2, 3, 2), request.input().shape());
    assertArrayEquals(
        new float[] {1, 2.5f, -0.03f, 4, 5, 6, 7, 8, 9, 10, 11, 12}, request.input().floats());
    assertArrayEquals(new int[] {3, 1}, request.lengths().integers());
    assertNull(read(INPUT.formatted("[1,2,3,4]"), Signatures.FEATURES).lengths());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'inputs':[{'data':[1,2,3,4],'name':'input','shape':[1,2,2],'datatype':'FP32'}]}",
        "{'inputs':[{'datatype':'FP32','data':[[[1,2],[3,4]]],'shape':[1,2,2],'name':'input'}]}",
        "  {'inputs' : [ {'name':'input', 'data' : [1, 2,3,4]  ,'datatype':'FP32','shape':[1,2,2]"
            + "} ] , 'id':'\u00e4\u20ac' }\n",
      })
  void fieldsMayStandInAnyOrder(String json) {
    assertArrayEquals(new float[] {1, 2, 3, 4}, floats(json));
  }

  @Test
  void dataMayBeNestedAsTheShapeIs() {
    assertArrayEquals(new float[] {1, 2, 3, 4}, floats(INPUT.formatted("[[[1,2],[3,4]]]")));
    String nested = INPUT.formatted("[[[1,2],[3]]]");
    refused("has 1 along axis features, the shape [1, 2, 2] says 2", nested, Signatures.FEATURES);
    refused("has 1 along axis time", INPUT.formatted("[[[1,2]]]"), Signatures.FEATURES);
    refused("has more along axis time", INPUT.formatted("[[[1,2],[3,4],[]]]"), Signatures.FEATURES);
    refused("must be an array, got a whole", INPUT.formatted("[[1,2,3,4]]"), Signatures.FEATURES);
    refused(
        "at [batch 0, time 0, features 1] must be a number, got an array",
        INPUT.formatted("[[[1,[2]],[3,4]]]"),
        Signatures.FEATURES);
  }

  /** Every float comes back from its shortest text; any other text is rounded once. */
  @Test
  void numbersAreRoundedToTheNearestFloat() {
    Random random = new Random(1);
    float[] sent = new float[2_000];
    for (int i = 0; i < sent.length; i++) {
      do {
        sent[i] = Float.intBitsToFloat(random.nextInt());
      } while (!Float.isFinite(sent[i]));
    }
    String data =
        IntStream.range(0, sent.length)
            .mapToObj(i -> Float.toString(sent[i]))
            .collect(Collectors.joining(",", "[", "]"));
    String json = INPUT.replace("[1,2,2]", "[1,1000,2]").formatted(data);
    assertArrayEquals(sent, floats(json));
    // just above the middle of 1 and the next float; by way of a double it would become 1
    String middle = "[1.00000005960464477540,0,1.00000005960464477539,1e-50]";
    assertArrayEquals(new float[] {Math.nextUp(1f), 0, 1, 0}, floats(INPUT.formatted(middle)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[1,NaN,3,4] | at [batch 0, time 0, features 1] is 'NaN'; numbers must be finite",
        "[1,2,Infinity,4] | at [batch 0, time 1, features 0] is 'Infinity'",
        "[1,2,3,-Infinity] | features 1] is '-Infinity'",
        "[1,2,3,1e39] | is '1e39'; numbers must be finite and fit FP32",
        "[1,2,3,-1e400] | is '-1e400'",
        "[1,2,3,99999999999999999999999999999999999999999999] | and fit FP32",
        "[1,2,3,'4'] | must be a number, got a text",
        "[1,2,3,null] | must be a number, got null",
        "[1,2,3,true] | must be a number, got true or false",
        "[1,2,3,{}] | must be a number, got an object",
        "[1,2,3] | takes 4 numbers, got 3",
        "[1,2,3,4,5] | takes 4 numbers, got more",
        "[] | takes 4 numbers, got 0",
        "4 | inputs[0].data must be an array, got a whole number",
        "[1,2,3,4 | no valid JSON at line 1, column 77: Unexpected close marker '}': expected ']'",
        "[1,,3,4] | no valid JSON at line 1, column 7",
        "[01,2,3,4] | no valid JSON at line 1, column 7",
        "[1,2,3,4.] | no valid JSON at line 1, column 7",
      })
  void badNumbersAreToldWithTheirPlace(String data, String expected) {
    refused(expected, INPUT.formatted(data), Signatures.FEATURES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[2,2] | wants 3 axes, got the shape [2, 2]: [batch, time, features=2]",
        "[1,2,4,1] | wants 3 axes",
        "[2,2,1] | expected [batch, time, features=2], got [2, 2, 1]: transpose?",
        "[1,1,4] | expected [batch, time, features=2], got [1, 1, 4]",
        "[0,2,2] | axis batch must be at least 1, got 0",
        "[1,-2,2] | axis time must be at least 1, got -2",
        "[1,2.0,2] | shape[1] must be a whole number below 2^31, got '2.0'",
        "[4294967297,2,2] | shape[0] must be a whole number below 2^31",
        "[99999999999999999999,2,2] | shape[0] must be a whole number",
        "[2147483647,2147483647,2] | has more numbers than the request can hold",
        "[100,100,2] | has more numbers than the request can hold",
        "[1,1,1,1,1,1,1,1,1] | more than 8 axes",
        "'1,2,2' | shape must be an array, got a text",
      })
  void wrongShapesAreToldByTheirAxes(String shape, String expected) {
    for (String form :
        new String[] {
          "{'inputs':[{'name':'input','shape':%s,'datatype':'FP32','data':[1,2,3,4]}]}",
          "{'inputs':[{'data':[1,2,3,4],'name':'input','shape':%s,'datatype':'FP32'}]}"
        }) {
      refused(expected, form.formatted(shape), Signatures.FEATURES);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~ | the body is empty",
        "[] | the request must be an object, got an array",
        "{} | the request has no inputs",
        "{'inputs':[]} | has no tensor 'input' [batch, time, features=2]",
        "{'inputs':{}} | inputs must be an array, got an object",
        "{'inputs':[7]} | inputs[0] must be an object",
        "{'inputs':[{}]} | inputs[0] has no data",
        "{'inputs':[{'data':[1]}]} | inputs[0] has no name",
        "{'inputs':[{'name':'input','data':[1]}]} | inputs[0] has no datatype",
        "{'inputs':[{'name':'input','datatype':'FP32','data':[1]}]} | inputs[0] has no shape",
        "{'inputs':[{'name':'x'}]} | the model has no input 'x'; it has input, lengths",
        "{'inputs':[{'name':'input','datatype':'FP64','shape':[1],'data':[1]}]} | tensor 'input'"
            + " takes FP32, got 'FP64'",
        "{'inputs':[{'data':[1],'shape':[1],'datatype':'FP32','name':'lengths'}]} | tensor"
            + " 'lengths' takes INT64 or INT32, got 'FP32'",
        "{'inputs':[],'input':[]} | unknown field 'input'; known are id, inputs, outputs,"
            + " parameters",
        "{'id':'1','id':'2'} | no valid JSON at line 1, column 15: Duplicate field 'id'",
        "{'id':''} | id must be text of 1..256",
        "{'id':'\\ud800'} | id must be text of 1..256",
        "{'id':7} | id must be a text, got a whole number",
        "{'parameters':{'sequence_id':7}} | this server has no parameter 'sequence_id'",
        "{'outputs':[{'name':'hidden'}]} | asks for 'hidden'; the model has one output, 'output'",
        "{'outputs':[{}]} | asks for nothing",
        "{'outputs':[{'name':'output'},{'name':'output'}]} | outputs[1] asks for",
        "{'a\\u0007b':1} | unknown field 'a b'",
        "{} {} | the request has no inputs",
        "nul | no valid JSON at line 1, column 1: Unrecognized token 'nul'",
      })
  void whatIsNoRequestIsToldInOneLine(String json, String expected) {
    refused(expected, json, Signatures.FEATURES);
  }

  @Test
  void nothingMayFollow() {
    refused("something follows", INPUT.formatted("[1,2,3,4]") + " {}", Signatures.FEATURES);
  }

  /** Cut off anywhere, one line says where, and nothing of the parser. */
  @Test
  void whatBreaksOffIsToldByLineAndColumn() {
    String json = INPUT.formatted("[[[1,2],\n[3,4]]]").replace("{", "{\n").replace('\'', '"');
    for (int length = 1; length < json.length(); length++) {
      byte[] cut = json.substring(0, length).getBytes(StandardCharsets.UTF_8);
      ProtocolException e =
          assertThrows(ProtocolException.class, () -> RequestReader.read(cut, Signatures.FEATURES));
      assertTrue(
          e.getMessage()
              .matches("the body is no valid JSON(: it breaks off)? at line \\d, column \\d+.*"),
          e.getMessage());
      assertFalse(
          e.getMessage().matches("(?s).*(Source|REDACTED|JSON String|\n).*"), e.getMessage());
    }
    refused("it breaks off at line 2, column 9", "{\n'inputs'", Signatures.FEATURES);
  }

  @Test
  void examplesAreRequestsOfTheirModels() {
    for (ModelSignature model : List.of(Signatures.FEATURES, Signatures.IDS, Signatures.STEPS)) {
      String example = model.example();
      byte[] json = example.getBytes(StandardCharsets.UTF_8);
      RequestReader.read(json, model);
      assertFalse(example.matches("(?s).*['\n].*"), example);
    }
  }

  @Test
  void depthAndTextAreBounded() {
    refused("must be an object", "[".repeat(1_000_000), Signatures.FEATURES);
    refused(
        "beyond what is read: Document nesting depth (17) exceeds the maximum allowed" + " (16)",
        "{'inputs':[{'data':" + "[".repeat(5_000),
        Signatures.FEATURES);
    refused("beyond what", INPUT.formatted("[" + "1".repeat(100_000) + "]"), Signatures.FEATURES);
    refused("beyond what", "{'" + "a".repeat(100_000) + "':1}", Signatures.FEATURES);
    refused("beyond what", "{'id':'" + "a".repeat(100_000) + "'}", Signatures.FEATURES);
  }

  @Test
  void idsAreWholeNumbers() {
    String json = "{'inputs':[{'name':'input','shape':[1,3],'datatype':'INT64','data':[%s]}]}";
    assertArrayEquals(
        new int[] {0, 6, -5}, read(json.formatted("0,6,-5"), Signatures.IDS).input().integers());
    refused("must be a whole number, got a number", json.formatted("0,1.0,2"), Signatures.IDS);
    refused(
        "at [batch 0, time 1] is '2147483648', which",
        json.formatted("0,2147483648"),
        Signatures.IDS);
    refused("takes INT64 or INT32, got 'FP32'", json.replace("INT64", "FP32"), Signatures.IDS);
    String steps = "{'inputs':[{'name':'input','shape':[2],'datatype':'FP32','data':[1,2]}]}";
    refused("wants 2 axes, got the shape [2]: [time, features=2]", steps, Signatures.STEPS);
  }

  @Test
  void otherEncodingsAreRefused() {
    for (byte[] bytes :
        List.of(
            INPUT.formatted("[1,2,3,4]").getBytes(StandardCharsets.UTF_16),
            new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'},
            new byte[] {0, 1, 2},
            Arrays.copyOf(new byte[] {(byte) 0xff}, 20))) {
      assertThrows(ProtocolException.class, () -> RequestReader.read(bytes, Signatures.FEATURES));
    }
  }

  @Test
  void answersComeBackAsTheyWere() throws Exception {
    float[] values = {1.5f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 0.1f, 3e-7f};
    TensorSpec spec = Signatures.FEATURES.output();
    byte[] json = AnswerWriter.write("m", "v", "ä\"", Tensor.of(spec, List.of(1, 2, 3), values));
    var tree = new com.fasterxml.jackson.databind.ObjectMapper().readTree(json);
    assertEquals("ä\"", tree.get("id").asText());
    assertEquals("[1,2,3]", tree.at("/outputs/0/shape").toString());
    for (int i = 0; i < values.length; i++) {
      assertEquals(
          values[i], Float.parseFloat(tree.at("/outputs/0/data/" + i).asText()), "value " + i);
    }
    values[4] = Float.NaN;
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> AnswerWriter.write("m", "v", null, Tensor.of(spec, List.of(1, 2, 3), values)));
    assertTrue(e.getMessage().startsWith("tensor 'output' at [batch 0, time 1, outputs 1] is NaN"));
  }

  @Test
  void parametersAreBoundedInNumber() {
    String most =
        IntStream.range(0, 64)
            .mapToObj(i -> "'p" + i + "':false")
            .collect(Collectors.joining(",", "{'parameters':{", "}"));
    String rest = "," + INPUT.formatted("[1,2,3,4]").substring(1);
    assertArrayEquals(new float[] {1, 2, 3, 4}, floats(most + rest));
    refused(
        "parameters has more than 64 entries",
        most.substring(0, most.length() - 1) + ",'p64':false}" + rest,
        Signatures.FEATURES);
  }
}
