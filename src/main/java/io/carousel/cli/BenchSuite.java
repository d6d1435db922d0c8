package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.Benchmark;
import io.carousel.cli.bench.Ceilings;
import io.carousel.cli.bench.Measurement;
import io.carousel.cli.bench.Suite;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the workloads of a suite, each with every plan that the device offers, in turns. Each has a
 * device of its own, so that the peak of its memory is its own.
 */
final class BenchSuite {
  private static final int MOST_IN_A_LINE = 4;

  private final Suite suite;
  private final List<Suite.Named> workloads;
  private final Precision precision;
  private final @Nullable PlanChoice plan;
  private final Supplier<Device> devices;
  private final Device device;

  /**
   * A run of a suite.
   *
   * @param workloads those of the suite that are wanted
   * @param plan the one plan that is wanted, null for every one
   * @param device asked what it offers; its ceilings are measured
   * @param devices opens more of the same
   */
  BenchSuite(
      Suite suite,
      List<Suite.Named> workloads,
      Precision precision,
      @Nullable PlanChoice plan,
      Device device,
      Supplier<Device> devices) {
    this.suite = suite;
    this.workloads = workloads;
    this.precision = precision;
    this.plan = plan;
    this.device = device;
    this.devices = devices;
  }

  /** A workload with one plan. */
  private record Planned(String workload, BenchCase what) {}

  /** How many groups are measured in turns. */
  int groups() {
    return suite.groups(workloads).size();
  }

  /**
   * Measures.
   *
   * @param seconds for each workload and plan
   * @param lines takes an object for each result
   */
  List<BenchTables.Row> run(
      double seconds, Ceilings ceilings, BenchProgress progress, Consumer<ObjectNode> lines) {
    List<BenchTables.Row> rows = new ArrayList<>();
    // all planned first: a plan that cannot be had is refused before anything is measured
    Map<String, List<Planned>> groups = new LinkedHashMap<>();
    suite
        .groups(workloads)
        .forEach((name, group) -> groups.put(name, group.stream().flatMap(this::planned).toList()));
    for (Map.Entry<String, List<Planned>> group : groups.entrySet()) {
      progress.started(group.getKey());
      List<BenchTables.Row> found = measure(group.getValue(), seconds, progress);
      for (BenchTables.Row row : found) {
        lines.accept(
            BenchJson.result(
                BenchJson.word(suite), row.workload(), row.what(), row.result(), device, ceilings));
      }
      progress.ended(
          found.size() > MOST_IN_A_LINE
              ? group.getKey() + ": " + found.size() + " measured"
              : found.stream().map(BenchSuite::line).collect(Collectors.joining("  ")));
      rows.addAll(found);
    }
    return rows;
  }

  private Stream<Planned> planned(Suite.Named one) {
    return plans(one).map(choice -> new Planned(one.name(), one.with(choice, precision)));
  }

  /** Those that are wanted and there; the stepwise plan first, which ratios refer to. */
  private Stream<PlanChoice> plans(Suite.Named one) {
    BenchCase any = one.with(PlanChoice.AUTO, precision);
    String why = device.whyNotFused(any.spec(), PlanCapacity.of(any.shape().packed()));
    if (plan == PlanChoice.FUSED && why != null) {
      throw new IllegalArgumentException("no fused plan for " + one.name() + ": " + why);
    }
    if (plan != null) {
      return Stream.of(plan);
    }
    return why == null
        ? Stream.of(PlanChoice.STEPWISE, PlanChoice.FUSED)
        : Stream.of(PlanChoice.AUTO);
  }

  private List<BenchTables.Row> measure(
      List<Planned> group, double seconds, Benchmark.Listener listener) {
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      List<Measurement> measurements = new ArrayList<>();
      for (Planned one : group) {
        Device own = devices.get();
        opened.add(own);
        Measurement measurement = new Measurement(one.what(), own);
        opened.add(measurement);
        measurements.add(measurement);
      }
      List<BenchResult> results = Benchmark.run(measurements, seconds, listener);
      List<BenchTables.Row> rows = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        Planned one = group.get(i);
        rows.add(new BenchTables.Row(one.workload(), one.what(), results.get(i)));
      }
      CloseAll.inReverse(opened);
      return rows;
    } catch (RuntimeException e) {
      CloseAll.after(e, opened);
      throw e;
    }
  }

  private static String line(BenchTables.Row row) {
    double seconds = row.result().seconds().median();
    return "%s %s %s"
        .formatted(
            row.workload(),
            row.result().kernel(),
            row.isStream()
                ? BenchTables.digits(seconds * 1e6) + " us"
                : BenchTables.digits(seconds * 1e3) + " ms");
  }
}
