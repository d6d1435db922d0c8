package io.carousel.task.ecg.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.serve.ServedModel;
import io.carousel.serve.http.EventStream;
import io.carousel.task.ecg.EcgForecaster;
import io.carousel.task.ecg.EcgMonitor;
import io.carousel.task.ecg.TrainedEcg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replay to somebody who is slow, or gone. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplayTest {
  private static final int FROM = 96_000;

  @TempDir Path folder;

  /** Takes its time over the first samples, or goes away. */
  private static final class Viewer implements EventStream {
    private final List<JsonNode> samples = new ArrayList<>();
    private final boolean leaves;
    private JsonNode latency = new ObjectMapper().nullNode();

    Viewer(boolean leaves) {
      this.leaves = leaves;
    }

    @Override
    public void send(String event, String data) throws IOException {
      if (event.equals("latency")) {
        latency = new ObjectMapper().readTree(data);
      }
      if (event.equals("samples")) {
        samples.add(new ObjectMapper().readTree(data));
        if (leaves) {
          throw new IOException("gone");
        }
        if (samples.size() == 1) {
          sleep();
        }
      }
    }

    private static void sleep() throws IOException {
      try {
        Thread.sleep(1500); // thirty seconds of the record
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void end(String event, String data) throws IOException {
      send(event, data);
    }

    @Override
    public void heartbeat() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsTooLateIsCountedAndTheMonitorMissesNothing() throws Exception {
    ReplayRecord record = new RecordShelf().bundled();
    try (Device device = Devices.open("cpu");
        ServedModel model = ServedModel.load(TrainedEcg.in(folder.resolve("run")), device)) {
      EcgForecaster.Card card = EcgForecaster.card("ecg", model.notes()).orElseThrow();
      Viewer slow = new Viewer(false);
      try (EcgMonitor monitor = new EcgMonitor(card, model.openSession())) {
        new Replay(monitor, record, FROM, 20, slow).run();
        assertEquals(3600 + record.millivolts().length - FROM, monitor.samples());
      }
      int told = 0;
      int missed = 0;
      int next = FROM;
      for (JsonNode samples : slow.samples) {
        missed += samples.path("from").asInt() - next;
        told += samples.path("microvolts").size();
        next = samples.path("from").asInt() + samples.path("microvolts").size();
      }
      assertEquals(record.millivolts().length, next);
      assertTrue(missed > 0, "nothing was late");
      assertEquals(record.millivolts().length - FROM, told + missed);
      assertEquals(missed, slow.latency.path("dropped").asInt());

      Viewer gone = new Viewer(true);
      try (EcgMonitor monitor = new EcgMonitor(card, model.openSession())) {
        Replay replay = new Replay(monitor, record, FROM, 20, gone);
        assertThrows(IOException.class, replay::run);
        assertEquals(1, gone.samples.size());
      }
    }
  }
}
