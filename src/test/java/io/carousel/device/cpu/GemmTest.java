package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Matrix;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both matrix products, spread over threads, against sums in float64. */
class GemmTest {
  private static final int[] SIDES = {1, 2, 3, 4, 5, 17, 33, 64, 130, 517};

  /** Libraries and numbers of threads. */
  record Variant(Libraries libraries, int threads) {
    @Override
    public String toString() {
      return libraries.gemm().description() + ", " + threads + " threads";
    }
  }

  static Stream<Variant> variants() {
    return Stream.of(Libraries.get(), plainJava())
        .flatMap(libraries -> Stream.of(1, 2, 5).map(threads -> new Variant(libraries, threads)));
  }

  static Libraries plainJava() {
    return new Libraries(new JavaGemm(), NativeMemory::direct, "chosen by the test");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void agreesWithSumsInDouble(Variant variant) {
    try (Device device = new CpuDevice(new DeviceOptions(variant.threads, 0), variant.libraries);
        Queue queue = device.openQueue()) {
      Random random = new Random(7);
      for (int round = 0; round < 120; round++) {
        product(queue, random, random.nextBoolean(), random.nextBoolean());
      }
    }
  }

  private static void product(Queue queue, Random random, boolean transA, boolean transB) {
    int m = side(random);
    int n = side(random);
    int k = random.nextInt(12) == 0 ? 0 : side(random);
    double alpha = random.nextBoolean() ? 1 : -0.5;
    double beta = new double[] {0, 1, 0.25}[random.nextInt(3)];
    try (BufferScope scope = new BufferScope(queue.device(), "gemm")) {
      Matrix a = random(queue, scope, random, transA ? k : m, transA ? m : k);
      Matrix b = random(queue, scope, random, transB ? n : k, transB ? k : n);
      Matrix c = random(queue, scope, random, m, n);
      if (beta == 0) {
        queue.fill(c, Double.NaN);
      }
      double[] x = download(queue, a);
      double[] y = download(queue, b);
      double[] old = download(queue, c);
      double[] around = everything(queue, c);
      queue.gemm(transA, transB, alpha, a, b, beta, c);
      double[] actual = download(queue, c);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int l = 0; l < k; l++) {
            sum += (transA ? x[l * m + i] : x[i * k + l]) * (transB ? y[j * k + l] : y[l * n + j]);
          }
          double expected = alpha * sum + (beta == 0 ? 0 : beta * old[i * n + j]);
          assertEquals(expected, actual[i * n + j], 1e-6 * (k + 1), "element " + i + ", " + j);
        }
      }
      unchangedOutside(c, around, everything(queue, c));
    }
  }

  private static int side(Random random) {
    return SIDES[random.nextInt(SIDES.length)];
  }

  /** A view with gaps between its rows and elements before it. */
  private static Matrix random(
      Queue queue, BufferScope scope, Random random, int rows, int columns) {
    Matrix all = scope.reals("m", rows + 1, columns + random.nextInt(3));
    queue.upload(random.doubles(all.size(), -1, 1).toArray(), 0, all);
    int gap = all.columns() - columns;
    return all.rows(1, rows).columns(rows == 0 ? 0 : gap, columns);
  }

  private static double[] everything(Queue queue, Matrix view) {
    return download(queue, Matrix.of(view.buffer(), 1, (int) view.buffer().size()));
  }

  private static void unchangedOutside(Matrix view, double[] before, double[] after) {
    for (int i = 0; i < before.length; i++) {
      long inside = i - view.offset();
      boolean written = inside >= 0 && inside % view.stride() < view.columns();
      if (!written) {
        assertEquals(before[i], after[i], "an element outside of c was written");
      }
    }
  }

  private static double[] download(Queue queue, Matrix matrix) {
    double[] data = new double[(int) matrix.size()];
    queue.download(matrix, data, 0);
    return data;
  }

  @Test
  void theLibraryStartsNoThreadsOfItsOwn() throws InterruptedException, IOException {
    Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/task")), "skipped: no /proc");
    Assumptions.assumeTrue(Libraries.get().missing().isEmpty(), "skipped: no native library");
    AtomicReference<Long> count = new AtomicReference<>();
    // OpenMP's threads would bear the name of the thread that starts them
    Thread probe = new Thread(() -> count.set(multiplyAndCount("gemm-probe")), "gemm-probe");
    probe.start();
    probe.join();
    assertEquals(1L, count.get());
  }

  private static long multiplyAndCount(String name) {
    try (Device device = new CpuDevice(new DeviceOptions(1, 0), Libraries.get());
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "probe")) {
      Matrix a = scope.reals("a", 600, 600);
      queue.gemm(false, false, 1, a, a, 0, scope.reals("c", 600, 600));
      try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
        return tasks.filter(task -> name.equals(nameOf(task))).count();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).trim();
    } catch (IOException e) {
      return "ended";
    }
  }

  @Test
  void multipliesWithoutHeap() {
    try (CpuDevice device = new CpuDevice(new DeviceOptions(1, 0), Libraries.get());
        BufferScope scope = new BufferScope(device, "heap")) {
      CpuBuffer a = CpuBuffer.reals(scope.reals("a", 8, 130));
      CpuBuffer b = CpuBuffer.reals(scope.reals("b", 20, 130));
      CpuBuffer c = CpuBuffer.reals(scope.reals("c", 8, 20));
      Gemm fastest = device.gemm(Products.FASTEST);
      Gemm rowInvariant = device.gemm(Products.ROW_INVARIANT);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      for (Gemm gemm : List.of(fastest, rowInvariant, new JavaGemm())) {
        long allocated = 1;
        for (int round = 0; round < 5 && allocated > 0; round++) { // the first ones warm up
          long before = threads.getCurrentThreadAllocatedBytes();
          for (int i = 0; i < 10_000; i++) {
            int m = 1 + i % 8;
            gemm.multiply(false, true, m, 20, 130, 1, a, 0, 130, b, 0, 130, 0, c, 0, 20);
          }
          allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated, gemm.description());
      }
    }
  }
}
