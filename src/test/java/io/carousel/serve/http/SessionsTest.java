package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.serve.ServedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams over HTTP: opened, stepped, listened to, exported, resumed, closed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SessionsTest {
  private static final String SESSIONS = "/v2/models/m/sessions";
  private static final int STEPS = 8;

  @TempDir private static Path folder;
  private static Device device;
  private static ServedModel model;
  private static ServedModel both;
  private static ServedModel ids;
  private static InferenceServer server;
  private static JsonClient client;

  private final float[] input = SmallModels.noise(STEPS * 3, 3);

  @BeforeAll
  static void start() throws IOException {
    device = Devices.open("cpu");
    model = SmallModels.perStep(device, folder);
    both = SmallModels.bidirectional(device, folder);
    ids = SmallModels.ofIds(device, folder);
    server =
        InferenceServer.builder().model("m", model).model("both", both).model("ids", ids).start();
    client = new JsonClient(server);
  }

  @AfterAll
  static void stop() {
    server.close();
    ids.close();
    both.close();
    model.close();
    device.close();
  }

  private static String open() throws Exception {
    return client.post(SESSIONS, "").is(201).json().path("id").asText();
  }

  private static void close(String id) throws Exception {
    client.send("DELETE", SESSIONS + "/" + id, new byte[0]).is(200);
  }

  private float[] step(String id, int from, int to) throws Exception {
    float[] chunk = Arrays.copyOfRange(input, from * 3, to * 3);
    String request = SmallModels.floats(to - from + ",3", chunk);
    return client.post(SESSIONS + "/" + id + "/step", request).floats();
  }

  private float[] whole() {
    return model.predict(SequenceBatch.ofFeatures(PackedShape.dense(STEPS, 1), 3, input));
  }

  @Test
  void stepsAndChunksGiveTheBitsOfTheWhole() throws Exception {
    String id = open();
    float[] expected = whole();
    assertArrayEquals(Arrays.copyOfRange(expected, 0, 2), step(id, 0, 1));
    assertArrayEquals(Arrays.copyOfRange(expected, 2, 12), step(id, 1, 6));
    assertArrayEquals(Arrays.copyOfRange(expected, 12, 16), step(id, 6, 8));
    close(id);
  }

  @Test
  void anExportedSessionIsResumed() throws Exception {
    String id = open();
    step(id, 0, 5);
    byte[] state = client.get(SESSIONS + "/" + id + "/export").is(200).bytes();
    float[] expected = Arrays.copyOfRange(whole(), 10, 16);
    assertArrayEquals(expected, step(id, 5, 8));
    String other =
        client.send("POST", SESSIONS + "/resume", state).is(201).json().path("id").asText();
    assertNotEquals(id, other);
    assertArrayEquals(expected, step(other, 5, 8));
    close(id);
    close(other);

    byte[] damaged = state.clone();
    damaged[state.length / 2] ^= 1;
    String error = client.send("POST", SESSIONS + "/resume", damaged).is(400).error();
    assertFalse(error.contains("curl"), error);
    ByteArrayOutputStream stripped = new ByteArrayOutputStream(); // as curl -d does it
    for (byte b : state) {
      if (b != '\r' && b != '\n' && b != 0) {
        stripped.write(b);
      }
    }
    error = client.send("POST", SESSIONS + "/resume", stripped.toByteArray()).is(400).error();
    assertTrue(error.endsWith("send the state with --data-binary"), error);
    client.send("POST", SESSIONS + "/resume", Arrays.copyOf(state, 20)).is(400);
    client.send("POST", SESSIONS + "/resume", new byte[0]).is(400);
    client.send("POST", "/v2/models/ids/sessions/resume", state).is(400);
  }

  @Test
  void idsAreSteppedToo() throws Exception {
    String id = client.post("/v2/models/ids/sessions", "").json().path("id").asText();
    String path = "/v2/models/ids/sessions/" + id + "/step";
    float[] expected =
        ids.predict(SequenceBatch.ofIds(PackedShape.dense(3, 1), new int[] {4, 0, 10}));
    float[] first = client.post(path, SmallModels.input("INT64", "2", "4,0")).floats();
    assertArrayEquals(Arrays.copyOf(expected, 4), first);
    String wrong = client.post(path, SmallModels.input("INT64", "1", "11")).is(400).error();
    assertEquals("tensor 'input' at [time 0] is 11, the model knows ids 0..10", wrong);
    float[] second = client.post(path, SmallModels.input("INT32", "1", "10")).floats();
    assertArrayEquals(Arrays.copyOfRange(expected, 4, 6), second);
  }

  @Test
  void whoListensGetsEveryResultInOrder() throws Exception {
    String id = open();
    float[] expected = whole();
    try (RawClient listener = new RawClient(server.port());
        RawClient second = new RawClient(server.port())) {
      String get = "GET " + SESSIONS + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
      listener.send(get).readUntil("event: open\ndata: {\"session\":\"" + id + "\"}\n\n");
      second.send(get).readUntil("event: open\n");
      for (int t = 0; t < STEPS; t++) {
        step(id, t, t + 1);
        listener.readUntil("event: result\ndata: ");
        String event = listener.readUntil("\n");
        assertArrayEquals(
            Arrays.copyOfRange(expected, 2 * t, 2 * t + 2), JsonClient.floats(event), event);
      }
      close(id);
      listener.readUntil("event: closed\n");
      String all = second.readUntil("event: closed\n");
      assertEquals(STEPS, all.split("event: result\n", -1).length - 1, all);
    }
    client.get(SESSIONS + "/" + id + "/events").is(404);
  }

  @Test
  void sessionsThatAreNotThereAre404() throws Exception {
    String id = open();
    close(id);
    String step = SmallModels.floats("1,3", 1, 2, 3);
    for (String unknown : new String[] {id, "nonsense", "resume", "a.b~c"}) {
      String path = SESSIONS + "/" + unknown;
      client.post(path + "/step", step).is(404);
      client.get(path + "/export").is(404);
      client.get(path + "/events").is(404);
      if (!unknown.equals("resume")) {
        client.send("DELETE", path, new byte[0]).is(404);
      }
    }
    client.get(SESSIONS + "/" + id).is(405);
    client.get(SESSIONS).is(405);
  }

  @Test
  void whatIsTooMuchIs429() throws Exception {
    try (InferenceServer small =
        InferenceServer.builder()
            .model("m", model)
            .sessions(pool -> pool.maxSessions(2).maxQueued(100))
            .start()) {
      JsonClient asks = new JsonClient(small);
      asks.post(SESSIONS, "").is(201);
      String id = asks.post(SESSIONS, "").is(201).json().path("id").asText();
      JsonClient.Answer busy = asks.post(SESSIONS, "").is(429);
      assertEquals("1", busy.response().headers().firstValue("Retry-After").orElse(""));
      String many = SmallModels.floats("101,3", new float[303]);
      asks.post(SESSIONS + "/" + id + "/step", many).is(400);
      asks.send("DELETE", SESSIONS + "/" + id, new byte[0]).is(200);
      asks.post(SESSIONS, "").is(201);
    }
  }

  @Test
  void modelsOfBothDirectionsSayWhyTheyHaveNone() throws Exception {
    String error = client.post("/v2/models/both/sessions", "").is(409).error();
    assertTrue(error.startsWith("the model has no sessions: "), error);
    String none = client.get("/v2/models/both").json().at("/parameters/sessions/none").asText();
    assertEquals("the model has no sessions: " + none, error);
  }

  @Test
  void metricsCountSessions() throws Exception {
    String id = open();
    step(id, 0, 3);
    String metrics = new String(client.get("/metrics").is(200).bytes(), StandardCharsets.UTF_8);
    String route = "route=\"/v2/models/{model}/sessions/{session}/step\"";
    assertTrue(metrics.contains(route), metrics);
    assertTrue(metrics.matches("(?s).*carousel_[a-z_]*\\{[^}]*model=\"m\"[^}]*} [1-9].*"), metrics);
    close(id);
  }

  /** Steps that come at the same time are published as they were computed. */
  @Test
  void resultsArePublishedInTheOrderOfTheSteps() throws Exception {
    int rounds = 60;
    int together = 6;
    float[] each = SmallModels.noise(rounds * 3, 11);
    float[] all = new float[rounds * together * 3];
    for (int i = 0; i < all.length; i++) {
      all[i] = each[i / 3 / together * 3 + i % 3];
    }
    PackedShape shape = PackedShape.dense(rounds * together, 1);
    float[] expected = model.predict(SequenceBatch.ofFeatures(shape, 3, all));
    String id = open();
    ExecutorService threads = Executors.newFixedThreadPool(together);
    try (RawClient listener = new RawClient(server.port())) {
      String get = "GET " + SESSIONS + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
      listener.send(get).readUntil("event: open\n");
      for (int round = 0; round < rounds; round++) {
        float[] one = Arrays.copyOfRange(each, round * 3, round * 3 + 3);
        String request = SmallModels.floats("1,3", one);
        Callable<JsonClient.Answer> step =
            () -> client.post(SESSIONS + "/" + id + "/step", request).is(200);
        for (Future<?> done : threads.invokeAll(Collections.nCopies(together, step))) {
          done.get();
        }
      }
      for (int t = 0; t < rounds * together; t++) {
        listener.readUntil("event: result\ndata: ");
        float[] result = JsonClient.floats(listener.readUntil("\n"));
        assertArrayEquals(Arrays.copyOfRange(expected, 2 * t, 2 * t + 2), result, "step " + t);
      }
    } finally {
      threads.shutdown();
    }
    close(id);
  }

  @Test
  void listenersAreToldOfTheStop() throws Exception {
    try (InferenceServer other = InferenceServer.builder().model("m", model).start();
        RawClient listener = new RawClient(other.port())) {
      String id = new JsonClient(other).post(SESSIONS, "").is(201).json().path("id").asText();
      listener.send("GET " + SESSIONS + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      listener.readUntil("event: open\n");
      other.close();
      String rest = listener.readAll();
      assertTrue(
          rest.contains("event: closed\ndata: {\"reason\":\"the server is stopping\"}\n\n"), rest);
      assertTrue(rest.endsWith("0\r\n\r\n"), "the answer ends as it should");
    }
  }

  /** Outputs that are not finite cannot be said, but the stream has got on. */
  @Test
  void aStateBeyondNumbersIsSaid() throws Exception {
    try (ServedModel unbounded = SmallModels.unbounded(device, folder);
        InferenceServer other = InferenceServer.builder().model("m", unbounded).start()) {
      JsonClient asks = new JsonClient(other);
      String id = asks.post(SESSIONS, "").is(201).json().path("id").asText();
      float[] corners = new float[8 * 3]; // one of them has the signs of the weights
      for (int i = 0; i < corners.length; i++) {
        corners[i] = ((i / 3) >> (i % 3)) % 2 == 0 ? 3.4e38f : -3.4e38f;
      }
      String huge = SmallModels.floats("8,3", corners);
      String path = SESSIONS + "/" + id + "/step";
      asks.post(path, SmallModels.floats("1,3", 1, 2, 3)).is(200);
      try (RawClient listener = new RawClient(other.port())) {
        listener.send("GET " + SESSIONS + "/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        listener.readUntil("event: open\n");
        String error = asks.post(path, huge).is(422).error();
        assertTrue(error.contains("the session has taken these steps"), error);
        assertTrue(error.endsWith("close it"), error);
        listener.readUntil("event: result\ndata: {\"error\":\"" + error);
      }
    }
  }

  @Test
  void anAnswerThatWouldBeTooLongIsNotComputed() throws Exception {
    HttpLimits limits = HttpLimits.builder().bodyBytes(1 << 20).build();
    try (ServedModel many = SmallModels.ofIdsToMany(device, folder);
        InferenceServer other = InferenceServer.builder().model("m", many).limits(limits).start()) {
      JsonClient asks = new JsonClient(other);
      String id = asks.post(SESSIONS, "").is(201).json().path("id").asText();
      String path = SESSIONS + "/" + id + "/step";
      for (int steps : new int[] {60_000, 7}) {
        String ids = "1,".repeat(steps - 1) + "1";
        assertEquals(
            "the answer would have %d numbers, at most 262144 are given: send less at once"
                .formatted(40_000L * steps),
            asks.post(path, SmallModels.input("INT64", "" + steps, ids)).is(413).error());
      }
      float[] answer = asks.post(path, SmallModels.input("INT64", "6", "1,1,1,1,1,1")).floats();
      float[] expected =
          many.predict(SequenceBatch.ofIds(PackedShape.dense(6, 1), new int[] {1, 1, 1, 1, 1, 1}));
      assertArrayEquals(expected, answer, "the refused steps were not made");
    }
  }
}
