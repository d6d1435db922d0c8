package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the conformance cases do not look at: known values, what may not be read, refusals. */
class AttentionOperationsTest {
  private static final double NAN = Double.NaN;

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void maskedColumnsCountForNothing(String name) {
    try (Device device = Devices.open(name);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", 4, 3);
      Matrix lengths = scope.integers("lengths", 4);
      Matrix dY = scope.reals("dY", 4, 3);
      queue.upload(new int[] {2, 0, 1, 3}, 0, lengths);
      double ln3 = Math.log(3);
      double third = 1 / 3.0;
      double[] scores = {0, ln3, NAN, NAN, NAN, NAN, 1000, NAN, NAN, -1000, -1000, -1000};
      queue.upload(scores, 0, x);
      queue.maskedSoftmaxForward(x, lengths, x);
      double[] weights = {0.25, 0.75, 0, 0, 0, 0, 1, 0, 0, third, third, third};
      assertArrayEquals(weights, values(queue, x), 1e-6);
      double[] slopes = {4, 8, NAN, NAN, NAN, NAN, 5, NAN, NAN, 1, 2, 3};
      queue.upload(slopes, 0, dY);
      queue.maskedSoftmaxBackward(x, lengths, dY, dY);
      // row 0: Σ w·dY = 7; row 3: 2
      double[] expected = {-0.75, 0.75, 0, 0, 0, 0, 0, 0, 0, -third, 0, third};
      assertArrayEquals(expected, values(queue, dY), 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void aProductWithoutTermsClearsOrScales(String name) {
    try (Device device = Devices.open(name);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix none = scope.reals("none", 4, 1).columns(0, 0);
      Matrix c = scope.reals("c", 4, 2);
      MatrixBatch a = MatrixBatch.blocks(none, 2);
      MatrixBatch z = MatrixBatch.timeMajor(c, 2);
      queue.fill(c, 3);
      queue.gemmStridedBatched(false, true, 1, a, a, 0.5, MatrixBatch.blocks(c, 2));
      assertEquals(1.5, values(queue, c)[7]);
      queue.fill(c, NAN);
      queue.gemmStridedBatched(false, true, 1, a, a, 0, z);
      assertArrayEquals(new double[8], values(queue, c));
    }
  }

  /** Each matrix is multiplied by one thread, whatever the others do. */
  @Test
  void bitsDoNotDependOnThreads() {
    double[][] results = new double[2][];
    for (int i = 0; i < 2; i++) {
      DeviceOptions options = DeviceOptions.DEFAULT.withThreads(1 + 2 * i);
      try (Device device = Devices.open("cpu", options);
          Queue queue = device.openQueue();
          BufferScope scope = new BufferScope(device, "test")) {
        Matrix a = scope.reals("a", 7 * 30, 50);
        Matrix c = scope.reals("c", 7 * 30, 30);
        double[] numbers = new Random(1).doubles(7 * 30 * 50).toArray();
        queue.upload(numbers, 0, a);
        MatrixBatch factors = MatrixBatch.timeMajor(a, 7);
        queue.gemmStridedBatched(false, true, 1, factors, factors, 0, MatrixBatch.blocks(c, 7));
        results[i] = values(queue, c);
      }
    }
    assertArrayEquals(results[0], results[1]);
  }

  @Test
  void batchesAreViews() {
    try (Device device = Devices.open("reference");
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", 6, 5).columns(1, 3);
      MatrixBatch blocks = MatrixBatch.blocks(x, 2);
      assertEquals(x.rows(3, 3), blocks.matrix(1));
      MatrixBatch sequences = MatrixBatch.timeMajor(x, 2);
      assertEquals(new Matrix(x.buffer(), 1 + 5, 3, 3, 10), sequences.matrix(1));
      assertEquals(0, MatrixBatch.timeMajor(x.rows(0, 0), 4).matrix(3).rows());
      assertThrows(IllegalArgumentException.class, () -> MatrixBatch.blocks(x, 4));
      assertThrows(IllegalArgumentException.class, () -> MatrixBatch.timeMajor(x, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> blocks.matrix(2));
      assertThrows(IndexOutOfBoundsException.class, () -> new MatrixBatch(x, 2, 3));
    }
  }

  @Test
  void wrongShapesAreRefused() {
    try (Device device = Devices.open("reference");
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", 6, 3);
      MatrixBatch two = MatrixBatch.blocks(x, 2);
      MatrixBatch three = MatrixBatch.blocks(x, 3);
      MatrixBatch oneOfTwo = new MatrixBatch(two.first(), 1, 0);
      refuse(() -> queue.gemmStridedBatched(false, false, 1, two, three, 0, two));
      refuse(() -> queue.gemmStridedBatched(false, false, 1, two, two, 0, oneOfTwo));
      Matrix lengths = scope.integers("lengths", 5);
      refuse(() -> queue.maskedSoftmaxForward(x, lengths, x));
      Matrix narrow = x.rows(0, 5).columns(0, 2);
      refuse(() -> queue.maskedSoftmaxBackward(narrow, lengths, narrow, x.rows(0, 5)));
    }
  }

  private static void refuse(Runnable call) {
    assertThrows(IllegalArgumentException.class, call::run);
  }

  private static double[] values(Queue queue, Matrix matrix) {
    double[] values = new double[(int) matrix.size()];
    Arrays.fill(values, 99);
    queue.download(matrix, values, 0);
    return values;
  }
}
