package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formulas of docs/performance.md, by hand and by what is allocated. */
class CostTest {
  private static final Device CPU = open();

  private static Device open() {
    return Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
  }

  @AfterAll
  static void close() {
    CPU.close();
  }

  private static BenchCase what(Cell cell, BenchMode mode, int directions, String shape) {
    return new BenchCase(
        cell, BenchShape.parse(shape), directions, mode, PlanChoice.STEPWISE, Precision.FP32);
  }

  @ParameterizedTest
  @CsvSource({
    // 2 · 6 rows · 4·5 · (4 + 5), then three times that
    "INFER, dense, 2160",
    "TRAIN, dense, 6480",
    "FWDBWD, dense, 6480",
    // lengths 3 and 1: 4 rows
    "INFER, ragged, 1440",
  })
  void productsAreCountedByRow(BenchMode mode, String lengths, double flop) {
    String shape = "T=3,B=2,I=4,H=5,lengths=" + lengths;
    assertEquals(flop, Cost.of(what(Cell.LSTM, mode, 1, shape), CPU).flop());
  }

  @ParameterizedTest
  @CsvSource({
    // GRU of two directions: 2 · 3·5 · (4 + 5 + 2) = 330 weights; 6 rows of 4 in and 10 out
    "INFER, 414", // 330 + 6·4 + 6·10
    "FWDBWD, 1182", // 3·330 + 3·6·4 + 2·6·10
    "TRAIN, 2172", // 6·330 + 3·6·4 + 2·6·10
  })
  void weightsInputsAndOutputsMustMove(BenchMode mode, double numbers) {
    Cost cost = Cost.of(what(Cell.GRU, mode, 2, "T=3,B=2,I=4,H=5"), CPU);
    assertEquals(4 * numbers, cost.trafficBytes());
  }

  /**
   * In these sizes pools need not round up, as they do by at most an eighth; neither running states
   * nor what a fused plan's panels leave empty are in the formula.
   */
  @ParameterizedTest
  @CsvSource({
    "LSTM, STEPWISE, 1, 'T=64,B=16,I=32,H=64'",
    "GRU, STEPWISE, 1, 'T=64,B=16,I=32,H=64'",
    "RNN, STEPWISE, 1, 'T=64,B=16,I=32,H=64'",
    "LSTM, STEPWISE, 2, 'T=64,B=16,I=32,H=64,layers=3'",
    "LSTM, STEPWISE, 1, 'T=32,B=16,I=1,H=64,layers=2'",
    "LSTM, AUTO, 1, 'T=64,B=16,I=64,H=128'",
    "GRU, AUTO, 1, 'T=64,B=16,I=64,H=128'",
    "RNN, AUTO, 1, 'T=64,B=16,I=64,H=128'",
    "LSTM, AUTO, 2, 'T=64,B=16,I=64,H=64,layers=3'"
  })
  void aPlanAllocatesWhatTheFormulaSays(Cell cell, PlanChoice plan, int directions, String shape) {
    BenchCase what =
        new BenchCase(
            cell, BenchShape.parse(shape), directions, BenchMode.TRAIN, plan, Precision.FP32);
    try (Device device = open();
        Measurement measurement = new Measurement(what, device)) {
      BenchResult result = Benchmark.run(List.of(measurement), 0.01, (done, total) -> {}).get(0);
      boolean fused = !result.kernel().equals("stepwise");
      double ratio = result.peakDeviceBytes() / Scaling.of(what, device, fused).deviceBytes();
      assertTrue(ratio > 0.99 && ratio < 1.05, result.kernel() + ": " + ratio);
      assertEquals(0, result.deviceAllocations());
    }
  }

  @Test
  void theTimeOfTheFormulaIsItsArithmetic() {
    BenchCase what = what(Cell.LSTM, BenchMode.TRAIN, 1, "T=3,B=2,I=4,H=5");
    assertEquals(6480, Scaling.of(what, CPU, true).seconds());
  }
}
