package io.carousel.device.cpu;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The functions of the stepwise plan's cells, in Java: nanoseconds an element, with the copy that
 * gives every call the same numbers ({@code copy} is that copy alone).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Tile.SIZE)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GateFunctionSpeed {
  private final float[] source = new float[Tile.SIZE];
  private final float[] x = new float[Tile.SIZE];

  /** Numbers of the size that gates have. */
  @Setup
  public void draw() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < source.length; i++) {
      source[i] = (float) random.nextDouble(-6, 6);
    }
  }

  private float[] fresh() {
    System.arraycopy(source, 0, x, 0, x.length);
    return x;
  }

  @Benchmark
  public float[] copy() {
    return fresh();
  }

  @Benchmark
  public float[] tanh() {
    VectorMath.tanh(fresh(), 0, x.length);
    return x;
  }

  @Benchmark
  public float[] sigmoid() {
    VectorMath.sigmoid(fresh(), 0, x.length);
    return x;
  }

  @Benchmark
  public float[] exp() {
    VectorMath.exp(fresh(), 0, x.length);
    return x;
  }
}
