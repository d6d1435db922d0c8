package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.GruVariant;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cell operations of one time step of the stepwise plan. Each call has the same numbers, which
 * are copied in before ({@code copies} is that alone): gates that became gradients of gradients
 * would soon be too small for ordinary floats, which is slow.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CellSpeed extends OperationState {
  private Matrix freshGates;
  private Matrix freshState;
  private Matrix gates;
  private Matrix bias;
  private Matrix c;
  private Matrix cPrev;
  private Matrix h;
  private Matrix hPrev;
  private Matrix hGates;
  private Matrix output;

  /** Room for the widest cell, an LSTM; the others take columns of it. */
  @Override
  void makeMatrices(int n, int units) {
    freshGates = matrix("fresh gates", n, 4 * units);
    freshState = matrix("fresh state", n, units);
    gates = matrix("gates", n, 4 * units);
    bias = matrix("bias", 1, 4 * units);
    c = matrix("c", n, units);
    cPrev = matrix("cPrev", n, units);
    h = matrix("h", n, units);
    hPrev = matrix("hPrev", n, units);
    hGates = matrix("hGates", n, 3 * units);
    output = matrix("output", n, units);
  }

  @Benchmark
  public void copies() {
    queue.copy(freshGates, gates);
    queue.copy(freshState, c);
  }

  @Benchmark
  public void lstmForward() {
    copies();
    queue.lstmForward(LstmVariant.STANDARD, gates, bias, c, cPrev, h, hPrev, output);
  }

  @Benchmark
  public void lstmBackward() {
    copies();
    queue.lstmBackward(LstmVariant.STANDARD, gates, cPrev, output, freshState, c, null);
  }

  @Benchmark
  public void gruForward() {
    copies();
    Matrix three = gates.columns(0, hGates.columns());
    queue.gruForward(GruVariant.STANDARD, three, hGates, null, c, hPrev, output);
  }

  @Benchmark
  public void gruBackward() {
    copies();
    Matrix three = gates.columns(0, hGates.columns());
    queue.copy(freshGates.columns(0, hGates.columns()), hGates);
    queue.gruBackward(GruVariant.STANDARD, three, hGates, hPrev, output, c);
  }

  @Benchmark
  public void rnnForward() {
    copies();
    Matrix one = gates.columns(0, h.columns());
    queue.rnnForward(Activation.TANH, one, null, h, hPrev, output);
  }
}
