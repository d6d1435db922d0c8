package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.BatchFirst;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.serve.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients at once get the numbers that each would get alone, up to the stop and through it.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LoadTest {
  private static final int CLIENTS = 12;

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(2 * CLIENTS);
  private Device device;
  private ServedModel model;

  @BeforeEach
  void load() throws IOException {
    device = Devices.open("cpu");
    model = SmallModels.perStep(device, folder);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    model.close();
    device.close();
  }

  private float[] direct(int batch, int time, float[] batchFirst) {
    PackedShape shape = PackedShape.dense(time, batch);
    float[] input = BatchFirst.toTimeMajor(batch, time, 3, batchFirst);
    float[] output = model.predict(SequenceBatch.ofFeatures(shape, 3, input));
    return BatchFirst.fromTimeMajor(time, batch, 2, output);
  }

  private void infer(JsonClient client, long seed) throws Exception {
    Random random = new Random(seed);
    int batch = 1 + random.nextInt(4);
    int time = 1 + random.nextInt(30);
    float[] input = SmallModels.noise(batch * time * 3, seed);
    String request = SmallModels.floats(batch + "," + time + ",3", input);
    assertArrayEquals(
        direct(batch, time, input), client.post("/v2/models/m/infer", request).floats());
  }

  private void stream(JsonClient client, long seed) throws Exception {
    int steps = 25;
    float[] input = SmallModels.noise(steps * 3, seed);
    float[] expected = direct(1, steps, input);
    String sessions = "/v2/models/m/sessions";
    String id = client.post(sessions, "").is(201).json().path("id").asText();
    Random random = new Random(seed);
    for (int t = 0; t < steps; ) {
      int end = Math.min(steps, t + 1 + random.nextInt(3));
      String request =
          SmallModels.floats(end - t + ",3", Arrays.copyOfRange(input, 3 * t, 3 * end));
      float[] output = client.post(sessions + "/" + id + "/step", request).floats();
      assertArrayEquals(Arrays.copyOfRange(expected, 2 * t, 2 * end), output);
      t = end;
    }
    client.send("DELETE", sessions + "/" + id, new byte[0]).is(200);
  }

  @Test
  void manyClientsGetTheBitsThatEachWouldGetAlone() throws Exception {
    try (InferenceServer server = InferenceServer.builder().model("m", model).start()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long seed = 100L * i;
        JsonClient client = new JsonClient(server);
        clients.add(
            threads.submit(
                () -> {
                  for (int k = 0; k < 40; k++) {
                    infer(client, seed + k);
                  }
                  return null;
                }));
        clients.add(
            threads.submit(
                () -> {
                  for (int k = 0; k < 3; k++) {
                    stream(client, seed + k);
                  }
                  return null;
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  /** Whatever was accepted is answered in full; the others learn that the server stops. */
  @Test
  void aStopUnderLoadLosesNothing() throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger inferred = new AtomicInteger();
    Endpoint work =
        exchange -> {
          accepted.incrementAndGet();
          byte[] answer = new byte[100_000];
          Arrays.fill(answer, (byte) 'x');
          try {
            Thread.sleep(50); // so that the stop finds work under way
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.respond(200, "text/plain", answer);
        };
    InferenceServer server =
        InferenceServer.builder().model("m", model).endpoint("/work", work).start();
    try (server) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long seed = i;
        clients.add(
            threads.submit(
                () -> {
                  JsonClient client = new JsonClient(server);
                  while (true) {
                    JsonClient.Answer answer;
                    try {
                      answer = client.get("/work");
                    } catch (IOException e) {
                      return null; // closed
                    }
                    if (answer.status() == 503) {
                      assertEquals("the server is stopping; try again later", answer.error());
                      return null;
                    }
                    assertEquals(100_000, answer.is(200).bytes().length);
                    answered.incrementAndGet();
                  }
                }));
        clients.add(
            threads.submit(
                () -> {
                  JsonClient client = new JsonClient(server);
                  for (long k = seed; ; k += CLIENTS) {
                    float[] input = SmallModels.noise(9, k);
                    JsonClient.Answer answer;
                    try {
                      answer =
                          client.post("/v2/models/m/infer", SmallModels.floats("1,3,3", input));
                    } catch (IOException e) {
                      return null;
                    }
                    if (answer.status() == 503) {
                      return null;
                    }
                    assertArrayEquals(direct(1, 3, input), answer.floats());
                    inferred.incrementAndGet();
                  }
                }));
      }
      while (answered.get() < 100 || inferred.get() < 300) {
        Thread.sleep(1);
      }
      server.close();
      for (Future<?> client : clients) {
        client.get();
      }
    }
    assertTrue(accepted.get() >= 100);
    assertEquals(accepted.get(), answered.get());
  }
}
