package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.carousel.data.BatchFirst;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.serve.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol's requests to models give what the models themselves give, bit for bit. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InferTest {
  @TempDir private static Path folder;
  private static Device device;
  private static ServedModel perStep;
  private static ServedModel perSequence;
  private static ServedModel ofIds;
  private static InferenceServer server;
  private static JsonClient client;

  @BeforeAll
  static void start() throws IOException {
    device = Devices.open("cpu");
    perStep = SmallModels.perStep(device, folder);
    perSequence = SmallModels.perSequence(device, folder);
    ofIds = SmallModels.ofIds(device, folder);
    server =
        InferenceServer.builder()
            .model("steps", perStep)
            .model("last", perSequence)
            .model("ids", ofIds)
            .limits(HttpLimits.builder().bodyBytes(100_000).steps(3_000).build())
            .start();
    client = new JsonClient(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    perStep.close();
    perSequence.close();
    ofIds.close();
    device.close();
  }

  @Test
  void metadataSayWhatAModelTakesAndGives() throws Exception {
    JsonNode json = client.get("/v2/models/steps").is(200).json();
    assertEquals("steps", json.path("name").asText());
    assertEquals("carousel_safetensors", json.path("platform").asText());
    assertEquals("[\"" + perStep.fingerprint() + "\"]", json.path("versions").toString());
    assertEquals(
        "{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,-1,3],"
            + "\"parameters\":{\"axes\":[\"batch\",\"time\",\"features\"]}}",
        json.at("/inputs/0").toString());
    assertEquals("lengths", json.at("/inputs/1/name").asText());
    assertTrue(json.at("/inputs/1/parameters/optional").asBoolean());
    assertEquals("[-1,-1,2]", json.at("/outputs/0/shape").toString());
    assertEquals("[-1,3]", json.at("/parameters/sessions/inputs/0/shape").toString());
    JsonNode ids = client.get("/v2/models/ids").json();
    assertEquals("INT64", ids.at("/inputs/0/datatype").asText());
    assertEquals("[-1,-1]", ids.at("/inputs/0/shape").toString());
    JsonNode last = client.get("/v2/models/last").json();
    assertEquals("[-1,2]", last.at("/outputs/0/shape").toString());
    assertEquals(
        "{\"models\":[\"steps\",\"last\",\"ids\"]}", client.get("/v2/models").json().toString());
    assertEquals(
        "{\"name\":\"ids\",\"ready\":true}", client.get("/v2/models/ids/ready").json().toString());
  }

  @Test
  void aModelIsAskedByItsVersionToo() throws Exception {
    String path = "/v2/models/steps/versions/" + perStep.fingerprint();
    assertEquals("steps", client.get(path).is(200).json().path("name").asText());
    client.get(path + "/ready").is(200);
    client.post(path + "/infer", SmallModels.floats("1,1,3", 1, 2, 3)).is(200);
    assertEquals(
        "the model has one version, " + perStep.fingerprint(),
        client.get("/v2/models/steps/versions/1").is(404).error());
    assertEquals(
        "there is no model of this name; there are steps, last, ids",
        client.get("/v2/models/none/ready").is(404).error());
  }

  @Test
  void batchesComeFirstOutsideAndTimeInside() throws Exception {
    float[] input = SmallModels.noise(2 * 5 * 3, 1); // [batch, time, features]
    JsonClient.Answer answer =
        client.post("/v2/models/steps/infer", SmallModels.floats("2,5,3", input));
    assertEquals("[2,5,2]", answer.json().at("/outputs/0/shape").toString());
    assertEquals("steps", answer.json().path("model_name").asText());
    float[] direct =
        perStep.predict(
            SequenceBatch.ofFeatures(
                PackedShape.dense(5, 2), 3, BatchFirst.toTimeMajor(2, 5, 3, input)));
    assertArrayEquals(BatchFirst.fromTimeMajor(5, 2, 2, direct), answer.floats());
  }

  @Test
  void shorterSequencesArePaddedWithZeros() throws Exception {
    float[] input = SmallModels.noise(3 * 5 * 3, 2);
    String request =
        SmallModels.floats("3,5,3", input)
            .replace(
                "\"inputs\":[",
                "\"id\":\"x\",\"inputs\":[{\"name\":\"lengths\",\"shape\":[3],"
                    + "\"datatype\":\"INT64\",\"data\":[2,4,0]},");
    JsonClient.Answer answer = client.post("/v2/models/steps/infer", request);
    float[] output = answer.floats(); // [3, 5, 2]
    assertEquals("x", answer.json().path("id").asText());
    for (int n = 0; n < 3; n++) {
      int length = new int[] {2, 4, 0}[n];
      float[] expected = new float[10];
      if (length > 0) {
        float[] alone = Arrays.copyOfRange(input, n * 15, n * 15 + length * 3);
        SequenceBatch one = SequenceBatch.ofFeatures(PackedShape.dense(length, 1), 3, alone);
        expected = Arrays.copyOf(perStep.predict(one), 10);
      }
      assertArrayEquals(expected, Arrays.copyOfRange(output, n * 10, n * 10 + 10), "row " + n);
    }
    float[] last =
        client.post("/v2/models/last/infer", request).floats(); // of each one's own last step
    SequenceBatch first =
        SequenceBatch.ofFeatures(PackedShape.dense(2, 1), 3, Arrays.copyOf(input, 6));
    assertArrayEquals(perSequence.predict(first), Arrays.copyOf(last, 2));
    client.post("/v2/models/steps/infer", request.replace("[2,4,0]", "[0,0,0]")).is(200);
  }

  @Test
  void idsAreLookedUp() throws Exception {
    float[] direct =
        ofIds.predict(SequenceBatch.ofIds(PackedShape.dense(2, 2), new int[] {1, 3, 2, 10}));
    float[] expected = BatchFirst.fromTimeMajor(2, 2, 2, direct);
    for (String datatype : new String[] {"INT64", "INT32"}) {
      String request = SmallModels.input(datatype, "2,2", "1,2,3,10");
      assertArrayEquals(expected, client.post("/v2/models/ids/infer", request).floats());
    }
    for (String id : new String[] {"-1", "11"}) {
      String request = SmallModels.input("INT64", "1,2", "1," + id);
      assertEquals(
          "tensor 'input' at [batch 0, time 1] is " + id + ", the model knows ids 0..10",
          client.post("/v2/models/ids/infer", request).is(400).error());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | has 2 sequences along axis batch, the input 1 | 1,1,3 | 1,2,3 | [2] | [1,1]",
        "400 | at [batch 0] is 2, axis time of the input has 1 | 1,1,3 | 1,2,3 | [1] | [2]",
        "400 | at [batch 0] is -1, axis time of the input has | 1,1,3 | 1,2,3 | [1] | [-1]",
        "400 | got [1, 3, 1]: transpose? | 1,3,1 | 1,2,3 | [1] | [1]",
        "400 | is 'NaN'; numbers must be finite | 1,1,3 | 1,NaN,3 | [1] | [1]",
      })
  void wrongRequestsAreToldByTheirAxes(
      int status, String expected, String shape, String data, String lengthShape, String lengths)
      throws Exception {
    String request =
        SmallModels.input("FP32", shape, data)
            .replace(
                "}]}",
                "},{\"name\":\"lengths\",\"datatype\":\"INT32\",\"shape\":%s,\"data\":%s}]}"
                    .formatted(lengthShape, lengths));
    String error = client.post("/v2/models/steps/infer", request).is(status).error();
    assertTrue(error.contains(expected), error);
  }

  @Test
  void whatWouldTakeTooMuchIsRefusedBeforeItIsComputed() throws Exception {
    String request = SmallModels.floats("1,3001,3", new float[9_003]);
    assertEquals(
        "batch x time is 3001 steps, at most 3000 are taken: send less at once, or a session's"
            + " chunks",
        client.post("/v2/models/steps/infer", request).is(413).error());
    client.post("/v2/models/steps/infer", " ".repeat(100_001)).is(413);
  }

  /** Also where the model says one thing of each sequence. */
  @Test
  void anAnswerThatWouldBeTooLongIsNotComputed() throws Exception {
    HttpLimits limits = HttpLimits.builder().bodyBytes(1 << 20).build();
    try (ServedModel many = SmallModels.perSequenceToMany(device, folder);
        InferenceServer other = InferenceServer.builder().model("m", many).limits(limits).start()) {
      JsonClient asks = new JsonClient(other);
      String path = "/v2/models/m/infer";
      assertEquals(
          "the answer would have 280000 numbers, at most 262144 are given: send less at once",
          asks.post(path, SmallModels.floats("7,1,3", new float[21])).is(413).error());
      assertEquals(
          40_000, asks.post(path, SmallModels.floats("1,100,3", new float[300])).floats().length);
    }
  }

  @Test
  void numbersBeyondTheModelAreNoAnswer() throws Exception {
    String request = SmallModels.floats("1,1,3", 3e38f, -3e38f, 3e38f);
    JsonClient.Answer answer = client.post("/v2/models/steps/infer", request);
    assertTrue(answer.status() == 200 || answer.is(400).error().contains("beyond what the model"));
  }
}
