package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolMetricsTest {
  @TempDir Path folder;

  @Test
  void percentilesAreAnEighthTooLargeAtMost() {
    Histogram histogram = new Histogram();
    assertEquals(0, histogram.percentile(0.5));
    Random random = new Random(1);
    long[] values = new long[10_000];
    long sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) Math.pow(10, 1 + 8 * random.nextDouble());
      sum += values[i];
      histogram.record(values[i]);
    }
    Arrays.sort(values);
    assertEquals(values.length, histogram.count());
    assertEquals(sum, histogram.sum());
    for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
      long exact = values[(int) Math.ceil(share * values.length) - 1];
      long found = histogram.percentile(share);
      assertTrue(found >= exact && found <= exact * 1.125, share + ": " + found + ", " + exact);
    }
  }

  @Test
  void anyNumberHasABin() {
    Histogram histogram = new Histogram();
    for (long value : new long[] {-5, 0, 7, 8, 15, 16, Long.MAX_VALUE}) {
      histogram.record(value);
    }
    assertEquals(7, histogram.count());
    assertEquals(2, histogram.countUpTo(0));
    assertEquals(4, histogram.countUpTo(8));
    assertEquals(Long.MAX_VALUE, histogram.percentile(1));
  }

  @Test
  void recordingsShowBatchesAndEvictions() throws IOException {
    Path file = folder.resolve("pool.jfr");
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(ServeFixture.lstm(folder, 4), device);
        Recording recording = new Recording()) {
      recording.enable(StepBatchEvent.class);
      recording.enable(EvictionEvent.class);
      recording.start();
      try (SessionPool pool = SessionPool.builder(model).maxResident(1).build()) {
        for (int i = 0; i < 3; i++) {
          pool.step(pool.open(), new float[ServeFixture.INPUTS]).join();
        }
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> batches = named(events, "io.carousel.StepBatch");
    assertEquals(3, batches.stream().mapToInt(event -> event.getInt("sessions")).sum());
    assertTrue(batches.stream().allMatch(event -> event.getDuration("waitNanos").toNanos() > 0));
    List<RecordedEvent> evictions = named(events, "io.carousel.SessionEviction");
    assertEquals(2, evictions.size());
    assertTrue(evictions.stream().allMatch(event -> event.getLong("bytes") > 0));
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
  }
}
