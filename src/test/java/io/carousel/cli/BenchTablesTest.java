package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchMode;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.BenchShape;
import io.carousel.cli.bench.Ceilings;
import io.carousel.cli.bench.Durations;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchTablesTest {
  // 40 MFLOP/ms
  private static final Ceilings CEILINGS =
      new Ceilings(
          List.of(new Ceilings.Product(64, 2048, 512, 40e9)),
          List.of(new Ceilings.Traffic(262144, 3e9, 2e9), new Ceilings.Traffic(1 << 26, 1e9, 2e9)));

  private static BenchTables.Row row(
      String name, BenchMode mode, String shape, PlanChoice plan, double ms, int quietTurns) {
    BenchCase what =
        new BenchCase(Cell.LSTM, BenchShape.parse(shape), 1, mode, plan, Precision.FP32);
    double s = ms * 1e-3;
    Durations seconds = new Durations(9, s, 0.9 * s, 1.1 * s, 1.2 * s, 0.8 * s, 2 * s);
    boolean fused = plan == PlanChoice.FUSED;
    @Nullable String why = fused ? null : plan == PlanChoice.AUTO ? "H is odd" : "as asked for";
    BenchResult result =
        new BenchResult(
            seconds,
            seconds,
            8,
            quietTurns,
            fused ? "fused-avx512" : "stepwise",
            "plainly",
            why,
            1 << 20,
            3 << 19,
            0,
            710.4);
    return new BenchTables.Row(name, what, result);
  }

  private static String printed(BenchTables.Row... rows) {
    StringWriter out = new StringWriter();
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
        PrintWriter print = new PrintWriter(out)) {
      new BenchTables(device, CEILINGS).print(List.of(rows), print);
    }
    // what the process took is not the same twice
    return out.toString().replaceAll("memory of this process.*\n", "");
  }

  @Test
  void plansStandOneBelowTheOtherWithTheirRatio() {
    String shape = "T=100,B=10,I=50,H=50"; // 120 MFLOP in training: 3 ms at the ceiling
    assertEquals(
        """
        workload  plan              ms    p10    p90  GFLOP/s  roof  MiB  heap B  alloc  ratio
        train-A   stepwise       12.00  10.80  13.20     10.0   25%  1.5     710      0
        train-A   fused-avx512   4.000  3.600  4.400     30.0   75%  1.5     710      0   3.00
        train-B   stepwise      6.000*  5.400  6.600     20.0   50%  1.5     710      0
        * no quiet turn: other processes were at work; repeat it on an idle machine
        no fused plan for train-B: H is odd
        roof: share of the least time that the ceilings allow; ratio: time of the stepwise plan / this
        ceilings: 40.0 GFLOP/s (64 x 2048 x 512); 3.0 GB/s in 256 KiB, 2.0 GB/s in 64 MiB
        """,
        printed(
            row("train-A", BenchMode.TRAIN, shape, PlanChoice.STEPWISE, 12, 8),
            row("train-A", BenchMode.TRAIN, shape, PlanChoice.FUSED, 4, 8),
            row("train-B", BenchMode.TRAIN, shape, PlanChoice.AUTO, 6, 0)));
  }

  @Test
  void streamsAreInMicroseconds() {
    String text =
        printed(
            row("stream-8", BenchMode.STREAM, "T=1,B=1,I=8,H=8", PlanChoice.STEPWISE, 0.02, 1),
            row("stream-8", BenchMode.STREAM, "T=1,B=1,I=8,H=8", PlanChoice.FUSED, 0.005, 1));
    assertTrue(text.contains("p50 us  p99 us"), text);
    assertTrue(text.contains("stream-8  stepwise       20.00   24.00"), text);
    assertTrue(text.contains("stream-8  fused-avx512   5.000   6.000"), text);
    assertTrue(text.lines().anyMatch(line -> line.endsWith(" 4.00")), text);
  }

  @Test
  void theWidestLineFitsIntoAHundredColumns() {
    String shape = "T=1000,B=64,I=1024,H=1024";
    String text =
        printed(
            row("ragged-train-M", BenchMode.TRAIN, shape, PlanChoice.STEPWISE, 123456, 0),
            row("ragged-train-M", BenchMode.TRAIN, shape, PlanChoice.FUSED, 99999, 0));
    text.lines().forEach(line -> assertTrue(line.length() <= 100, line.length() + ": " + line));
  }

  @Test
  void growthIsHeldAgainstTheFormulas() {
    StringWriter out = new StringWriter();
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
        PrintWriter print = new PrintWriter(out)) {
      new BenchTables(device, CEILINGS)
          .scaling(
              List.of(
                  row("base", BenchMode.TRAIN, "T=8,B=4,I=2,H=6", PlanChoice.AUTO, 1, 1),
                  row("H-x2", BenchMode.TRAIN, "T=8,B=4,I=2,H=12", PlanChoice.AUTO, 7, 1)),
              print);
    }
    // 12·(2 + 12) / 6·(2 + 6) = 3.5 times the arithmetic in 7 times the time
    String[] words = out.toString().lines().skip(1).findFirst().orElseThrow().split(" +");
    assertEquals(
        List.of("H-x2", "stepwise", "7.00", "3.50", "2.00", "1.00"), List.of(words).subList(0, 6));
  }

  @ParameterizedTest
  @CsvSource({
    "0.00123456, 0.001",
    "0.0512345, 0.051",
    "0.99, 0.990",
    "4.64, 4.640",
    "12.3456, 12.35",
    "857.26, 857.3",
    "1702.4, 1702",
    "123456, 123456",
  })
  void fourDigitsCount(double value, String text) {
    assertEquals(text, BenchTables.digits(value));
  }
}
