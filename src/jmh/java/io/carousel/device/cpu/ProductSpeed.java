package io.carousel.device.cpu;

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

/** The products of one time step, m = N: h·W_hhᵀ forward, dgates·W_hh and dgatesᵀ·h backward. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductSpeed extends OperationState {
  private Matrix h;
  private Matrix weights;
  private Matrix gates;
  private Matrix dWeights;

  /** An LSTM's: 4·H rows of gates. */
  @Override
  void makeMatrices(int n, int units) {
    h = matrix("h", n, units);
    weights = matrix("W_hh", 4 * units, units);
    gates = matrix("gates", n, 4 * units);
    dWeights = matrix("dW_hh", 4 * units, units);
  }

  @Benchmark
  public void forward() {
    queue.gemm(false, true, 1, h, weights, 0, gates);
  }

  @Benchmark
  public void stateGradient() {
    queue.gemm(false, false, 1, gates, weights, 0, h);
  }

  @Benchmark
  public void weightGradient() {
    queue.gemm(true, false, 1, gates, h, 0, dWeights);
  }
}
