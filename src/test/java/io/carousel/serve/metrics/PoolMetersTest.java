package io.carousel.serve.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolMetersTest {
  @TempDir Path folder;

  @Test
  void prometheusSeesWhatThePoolDid() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open("cpu")) {
      try (SequenceModel model =
          SequenceModel.around(Lstm.builder(2, 4)).head(1).build(device, 1)) {
        SequenceModelFile.save(model, file);
      }
      try (ServedModel model = ServedModel.load(file, device);
          SessionPool pool = SessionPool.builder(model).build()) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new PoolMeters(pool, Tags.of("model", "m")).bindTo(registry);
        String id = pool.open();
        for (int i = 0; i < 5; i++) {
          pool.step(id, new float[] {1, 2, 3, 4}).join();
        }
        String page = registry.scrape();
        has(page, "carousel_pool_steps_total{model=\"m\"} 10.0");
        has(page, "carousel_pool_sessions_open{model=\"m\"} 1.0");
        has(page, "carousel_pool_batches_total{model=\"m\"} 5.0");
        has(page, "carousel_pool_latency_within_total{le=\"+Inf\",model=\"m\"} 5.0");
        has(page, "carousel_pool_latency_seconds_count{model=\"m\"} 5");
        assertEquals(
            pool.metrics().latencyNanos().sum() / 1e9,
            registry.get("carousel.pool.latency").functionTimer().totalTime(TimeUnit.SECONDS),
            1e-9);
      }
    }
  }

  private static void has(String page, String line) {
    assertTrue(page.lines().anyMatch(line::equals), () -> line + " in " + page);
  }
}
