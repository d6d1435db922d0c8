package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedModelTest {
  private static final int INPUTS = ServeFixture.INPUTS;
  private static final int OUTPUTS = ServeFixture.OUTPUTS;

  @TempDir Path folder;

  @Test
  void aSequenceGivesTheSameInAnyBatch() throws IOException {
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 20), device)) {
      int[] lengths = {5, 0, 9, 1};
      float[] batch = new float[9 * 4 * INPUTS];
      for (int n = 0; n < 4; n++) {
        float[] own = ServeFixture.features(n, 9);
        for (int t = 0; t < 9; t++) {
          System.arraycopy(own, t * INPUTS, batch, (t * 4 + n) * INPUTS, INPUTS);
        }
      }
      float[] outputs =
          model.predict(SequenceBatch.ofFeatures(PackedShape.padded(9, lengths), INPUTS, batch));
      for (int n = 0; n < 4; n++) {
        float[] alone =
            lengths[n] == 0
                ? new float[0]
                : ServeFixture.whole(
                    model, Arrays.copyOf(ServeFixture.features(n, 9), lengths[n] * INPUTS));
        for (int t = 0; t < lengths[n]; t++) {
          float[] here =
              Arrays.copyOfRange(outputs, (t * 4 + n) * OUTPUTS, (t * 4 + n + 1) * OUTPUTS);
          assertArrayEquals(Arrays.copyOfRange(alone, t * OUTPUTS, (t + 1) * OUTPUTS), here);
        }
      }
    }
  }

  @Test
  void manyThreadsPredictAtOnce() throws Exception {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
        ServedModel model =
            ServedModel.load(
                ServeFixture.lstm(folder, 20), device, ServingOptions.DEFAULT.withRunners(3))) {
      List<float[]> expected = new ArrayList<>();
      for (int n = 0; n < 8; n++) {
        expected.add(ServeFixture.whole(model, ServeFixture.features(n, 5 + n)));
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<?>> done = new ArrayList<>();
      for (int n = 0; n < 8; n++) {
        int own = n;
        Callable<Void> calls =
            () -> {
              for (int i = 0; i < 200; i++) {
                float[] features = ServeFixture.features(own, 5 + own);
                assertArrayEquals(expected.get(own), ServeFixture.whole(model, features));
              }
              return null;
            };
        done.add(threads.submit(calls));
      }
      for (Future<?> one : done) {
        one.get();
      }
      threads.shutdown();
    }
  }

  @Test
  void theWeightsAreOnTheDeviceOnceWithoutGradients() throws IOException {
    Path file = ServeFixture.lstm(folder, 128);
    try (Device device = Devices.open("reference");
        ServedModel model = ServedModel.load(file, device, ServingOptions.DEFAULT.withRunners(4))) {
      long weights = model.spec().parameterCount() * Double.BYTES;
      assertTrue(device.allocatedBytes() < 1.1 * weights, "there are " + device.allocatedBytes());
      List<Runner> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(model.runners().lend());
      }
      assertEquals(4, all.stream().distinct().count());
      assertTrue(device.allocatedBytes() < 1.1 * weights, "there are " + device.allocatedBytes());
      assertThrows(
          IllegalStateException.class,
          () -> all.get(0).model.forward(oneStep(), null, 0),
          "it cannot be trained");
      all.forEach(model.runners()::giveBack);
    }
  }

  private static SequenceBatch oneStep() {
    return SequenceBatch.ofFeatures(PackedShape.dense(1, 1), INPUTS, new float[INPUTS]);
  }

  @Test
  void closeWaitsForCallsInFlight() throws Exception {
    try (Device device = Devices.open("cpu")) {
      ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 8), device);
      Runner inFlight = model.runners().lend();
      StreamingSession session = model.openSession();
      CountDownLatch started = new CountDownLatch(1);
      Thread closer =
          new Thread(
              () -> {
                started.countDown();
                model.close();
              });
      closer.start();
      started.await();
      while (closer.isAlive() && closer.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertTrue(closer.isAlive(), "close did not wait");
      assertThrows(IllegalStateException.class, () -> session.step(0, 0, 0));
      inFlight.adopt(); // it is this thread's still
      assertEquals(OUTPUTS, inFlight.model.predict(oneStep()).length);
      model.runners().giveBack(inFlight);
      closer.join();
      assertEquals(0, device.allocatedBytes());
      Exception e = assertThrows(IllegalStateException.class, () -> model.predict(oneStep()));
      assertEquals("the model is closed", e.getMessage());
      model.close();
    }
  }

  @Test
  void bothDirectionsPredictAndDoNotStream() throws IOException {
    Path file =
        ServeFixture.save(
            folder,
            SequenceModel.around(Lstm.builder(INPUTS, 8).bidirectional(true))
                .readout(Readout.LAST_STATE)
                .head(1));
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(file, device)) {
      assertEquals(1, model.predict(oneStep()).length);
      assertNotNull(model.whyNotStreaming());
      for (Exception e :
          List.of(
              assertThrows(IllegalStateException.class, model::openSession),
              assertThrows(IllegalStateException.class, SessionPool.builder(model)::build))) {
        assertTrue(e.getMessage().contains("reads each sequence from its end"), e.getMessage());
      }
    }
  }

  @Test
  void tellsWhatTheFileSays() throws IOException {
    Path file = folder.resolve("noted.safetensors");
    try (Device device = Devices.open("cpu")) {
      try (SequenceModel model =
          SequenceModel.around(Lstm.builder(2, 4)).head(1).build(device, 1)) {
        SequenceModelFile.save(
            model, JsonNodeFactory.instance.objectNode().put("unit", "mV"), file);
      }
      try (ServedModel model = ServedModel.load(file, device)) {
        assertEquals("mV", model.notes().get("unit").asText());
        assertEquals(SequenceModelFile.spec(file), model.spec());
        assertTrue(model.fingerprint().matches("[0-9a-f]{64}"));
        assertNull(model.whyNotStreaming());
        Exception e =
            assertThrows(IllegalArgumentException.class, () -> model.openSession().step(1, 2, 3));
        assertTrue(e.getMessage().contains("[steps, 2], got 3 numbers"), e.getMessage());
      }
    }
  }
}
