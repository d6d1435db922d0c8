package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A whole plan: workloads of {@code carousel bench}, one step or a sequence. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanSpeed {
  /** A workload of suite cpu, ragged or stream. */
  @Param({"stream-128", "infer-S", "train-S", "gru-train-S", "ragged-train-S"})
  public String workload;

  /** STEPWISE or FUSED. */
  @Param({"STEPWISE", "FUSED"})
  public PlanChoice plan;

  /** Threads that compute. */
  @Param("1")
  public int threads;

  private Device device;
  private Workload work;

  /** Sets it up by its name. */
  @Setup
  public void open() {
    Suite.Named named =
        Stream.of(Suite.CPU, Suite.RAGGED, Suite.STREAM)
            .flatMap(suite -> suite.workloads().stream())
            .filter(one -> one.name().equals(workload))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no workload " + workload));
    device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(threads));
    work = Workload.of(named.with(plan, Precision.FP32), device);
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    work.close();
    device.close();
  }

  @Benchmark
  public void step() {
    work.enqueue();
    work.finish();
  }
}
