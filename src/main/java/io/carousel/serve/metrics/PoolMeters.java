package io.carousel.serve.metrics;

import io.carousel.serve.Histogram;
import io.carousel.serve.PoolMetrics;
import io.carousel.serve.SessionPool;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Shows a pool's figures in a Micrometer registry, under {@code carousel.pool}. They are read when
 * the registry asks; a step costs nothing more.
 *
 * <p>{@code carousel.pool.latency.within} counts calls that took at most {@code le} seconds, so
 * that Prometheus can compute quantiles of a period: {@code histogram_quantile(0.99,
 * rate(carousel_pool_latency_within_total[5m]))}.
 */
public final class PoolMeters implements MeterBinder {
  private static final long[] LATENCY_LIMITS_MICROS = {
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000
  };

  private final PoolMetrics metrics;
  private final Tags tags;

  /**
   * The meters of a pool.
   *
   * @param tags of all its meters, such as the model's name where there are several pools
   */
  public PoolMeters(SessionPool pool, Iterable<Tag> tags) {
    metrics = pool.metrics();
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "sessions.open", "Open sessions", PoolMetrics::openSessions);
    gauge(registry, "sessions.resident", "States on the heap", PoolMetrics::residentSessions);
    gauge(registry, "queue.steps", "Steps accepted and not done", PoolMetrics::queuedSteps);
    counter(registry, "steps", "Steps done", PoolMetrics::steps);
    counter(registry, "rejected", "Calls refused because the pool was full", PoolMetrics::rejected);
    counter(registry, "failed", "Calls accepted that failed", PoolMetrics::failed);
    counter(registry, "evicted", "Sessions turned to bytes", PoolMetrics::evicted);
    counter(registry, "restored", "Sessions back from bytes", PoolMetrics::restored);
    counter(registry, "expired", "Sessions closed because unused", PoolMetrics::expired);
    counter(registry, "batches", "Batches run", m -> m.batchSizes().count());
    counter(registry, "batched.sessions", "Sum of batch sizes", m -> m.batchSizes().sum());
    timer(registry, "latency", "From call to result", metrics.latencyNanos());
    timer(registry, "wait", "Wait of each batch's oldest call", metrics.waitNanos());
    for (long micros : LATENCY_LIMITS_MICROS) {
      bucket(registry, BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString(), micros);
    }
    bucket(registry, "+Inf", Long.MAX_VALUE / 1000);
  }

  private void gauge(
      MeterRegistry registry, String name, String what, ToDoubleFunction<PoolMetrics> value) {
    Gauge.builder("carousel.pool." + name, metrics, value)
        .description(what)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String what, ToDoubleFunction<PoolMetrics> value) {
    FunctionCounter.builder("carousel.pool." + name, metrics, value)
        .description(what)
        .tags(tags)
        .register(registry);
  }

  private void timer(MeterRegistry registry, String name, String what, Histogram nanos) {
    FunctionTimer.builder(
            "carousel.pool." + name, nanos, Histogram::count, Histogram::sum, TimeUnit.NANOSECONDS)
        .description(what)
        .tags(tags)
        .register(registry);
  }

  private void bucket(MeterRegistry registry, String limit, long micros) {
    FunctionCounter.builder(
            "carousel.pool.latency.within", metrics, m -> m.latencyNanos().countUpTo(micros * 1000))
        .description("Calls that took at most le seconds")
        .tags(tags.and("le", limit))
        .register(registry);
  }
}
