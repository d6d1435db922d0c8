package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.SomeActivations;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;

/**
 * Shows that the gate functions run as vector code: processor time (not wall time, others may be at
 * work) per element, and per unit of an LSTM step. A program, not a test: JaCoCo's probes would
 * keep the loops from becoming vector code. {@code docs/cpu.md} has the command and the figures.
 */
public final class GateSpeed {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 30;

  private GateSpeed() {}

  @FunctionalInterface
  private interface Loop {
    void run(float[] x, int from, int to);
  }

  /** Prints the table. */
  public static void main(String[] args) {
    System.out.printf("Java %s, %s%n", System.getProperty("java.version"), Processor.name());
    function("tanh", VectorMath::tanh);
    function("sigmoid", VectorMath::sigmoid);
    function("exp", VectorMath::exp);
    function("Math.tanh, scalar", GateSpeed::scalarTanh);
    float[] values = new float[Tile.SIZE];
    Arrays.fill(values, 0.25f);
    for (Activation f : SomeActivations.clippedToo(2)) {
      function(f.toString(), (x, from, to) -> Activations.apply(f, x, to));
      function("slope of " + f, (x, from, to) -> Activations.multiplyBySlope(f, x, values, to));
    }
    for (int[] shape : new int[][] {{32, 128}, {64, 512}, {1, 128}}) {
      lstm(shape[0], shape[1]);
    }
  }

  private static void scalarTanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) Math.tanh(x[i]);
    }
  }

  private static void function(String name, Loop loop) {
    float[] source = new float[Tile.SIZE];
    Random random = new Random(1);
    for (int i = 0; i < source.length; i++) {
      source[i] = (float) (3 * random.nextGaussian());
    }
    float[] x = new float[Tile.SIZE];
    double nanos =
        median(
            500,
            () -> {
              System.arraycopy(source, 0, x, 0, x.length);
              loop.run(x, 0, x.length);
            });
    System.out.printf("%-20s %.2f ns an element%n", name, nanos / Tile.SIZE);
  }

  private static void lstm(int n, int units) {
    try (Device device = new CpuDevice(new DeviceOptions(1, 0), Libraries.get());
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "speed")) {
      Matrix gates = scope.reals("gates", n, 4 * units);
      Matrix bias = scope.reals("bias", 1, 4 * units);
      Matrix c = scope.reals("c", n, units);
      Matrix cPrev = scope.reals("cPrev", n, units);
      Matrix h = scope.reals("h", n, units);
      Matrix hPrev = scope.reals("hPrev", n, units);
      Matrix output = scope.reals("output", n, units);
      int repeats = Math.max(1, 500_000 / (n * units));
      double forward =
          median(
              repeats,
              () ->
                  queue.lstmForward(LstmVariant.STANDARD, gates, bias, c, cPrev, h, hPrev, output));
      double backward =
          median(
              repeats,
              () -> queue.lstmBackward(LstmVariant.STANDARD, gates, cPrev, output, h, c, null));
      System.out.printf(
          "LSTM step N=%d H=%d: forward %.1f, backward %.1f ns a unit%n",
          n, units, forward / n / units, backward / n / units);
    }
  }

  /** Median of the rounds after warm-up, in nanoseconds for one run. */
  private static double median(int repeats, Runnable work) {
    double[] times = new double[ROUNDS];
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < repeats; i++) {
        work.run();
      }
      times[Math.max(0, round)] = (double) (THREADS.getCurrentThreadCpuTime() - start) / repeats;
    }
    Arrays.sort(times);
    return times[ROUNDS / 2];
  }
}
