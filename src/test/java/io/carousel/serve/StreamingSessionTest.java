package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream gives the bits of the whole sequence, in whatever pieces it comes. */
class StreamingSessionTest {
  private static final int STEPS = 23;
  private static final int INPUTS = ServeFixture.INPUTS;

  @TempDir Path folder;

  static Stream<Arguments> streams() {
    List<Arguments> all = new ArrayList<>();
    for (String device : TestDevices.available().toList()) {
      for (PlanChoice plan : List.of(PlanChoice.AUTO, PlanChoice.STEPWISE)) {
        for (RecurrentLayer.Builder<?, ?> cell :
            List.of(
                Lstm.builder(INPUTS, 17).layers(2),
                Lstm.builder(INPUTS, 12).projection(5),
                Gru.builder(INPUTS, 33),
                Rnn.builder(INPUTS, 16).layers(3))) {
          for (Readout readout : Readout.values()) {
            if (readout != Readout.LAST_CELL || cell.spec().cell().hasCellState()) {
              all.add(Arguments.of(device, plan, cell, readout));
            }
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void equalsTheWholeSequence(
      String deviceName, PlanChoice plan, RecurrentLayer.Builder<?, ?> cell, Readout readout)
      throws IOException {
    SequenceModelBuilder builder =
        SequenceModel.around(cell).readout(readout).headDropout(0.3).head(2);
    Path file = ServeFixture.save(folder, builder);
    try (Device device = Devices.open(deviceName);
        ServedModel model = ServedModel.load(file, device, ServingOptions.DEFAULT.withPlan(plan))) {
      float[] features = ServeFixture.features(1, STEPS);
      float[] expected = wholeStepByStep(model, features, readout);
      StreamingSession single = model.openSession();
      float[] steps = new float[expected.length];
      for (int t = 0; t < STEPS; t++) {
        float[] step = single.step(Arrays.copyOfRange(features, t * INPUTS, (t + 1) * INPUTS));
        System.arraycopy(step, 0, steps, t * 2, 2);
      }
      assertArrayEquals(expected, steps);
      assertEquals(STEPS, single.steps());
      StreamingSession chunks = model.openSession();
      int from = 0;
      for (int size : new int[] {1, 7, 2, 13}) {
        float[] outputs =
            chunks.feed(Arrays.copyOfRange(features, from * INPUTS, (from + size) * INPUTS));
        assertArrayEquals(Arrays.copyOfRange(expected, from * 2, (from + size) * 2), outputs);
        from += size;
      }
      single.reset();
      assertArrayEquals(expected, single.feed(features));
    }
  }

  /** Where the head reads the last state, what a sequence that ends there gives. */
  private static float[] wholeStepByStep(ServedModel model, float[] features, Readout readout) {
    if (readout.perStep()) {
      return ServeFixture.whole(model, features);
    }
    float[] all = new float[STEPS * 2];
    for (int t = 0; t < STEPS; t++) {
      float[] last = ServeFixture.whole(model, Arrays.copyOf(features, (t + 1) * INPUTS));
      System.arraycopy(last, 0, all, t * 2, 2);
    }
    return all;
  }

  @Test
  void idsStreamToo() throws IOException {
    SequenceModelBuilder builder = SequenceModel.around(Gru.builder(8, 8)).embedding(11).tiedHead();
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(ServeFixture.save(folder, builder), device)) {
      int[] ids = {3, 10, 0, 7, 7, 2};
      float[] whole = model.predict(SequenceBatch.ofIds(PackedShape.dense(ids.length, 1), ids));
      StreamingSession session = model.openSession();
      assertArrayEquals(Arrays.copyOf(whole, 11), session.step(3));
      float[] rest = session.feed(new int[] {10, 0, 7, 7, 2});
      assertArrayEquals(Arrays.copyOfRange(whole, 11, whole.length), rest);
      Exception e = assertThrows(IllegalArgumentException.class, () -> session.step(11));
      assertTrue(e.getMessage().contains("does not lie in 0..10"), e.getMessage());
    }
  }
}
