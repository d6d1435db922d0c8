package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.HalfPrecision;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Uploads and downloads of every size through the two halves of pinned memory. */
class CudaTransferTest {
  private static final int HALF_FLOATS = StagingBuffer.HALF / Float.BYTES;

  private static float[] numbers(int count) {
    Random random = new Random(count);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    return numbers;
  }

  /** Rows, columns and the gap between two rows. */
  private static final int[][] SHAPES = {
    {1, 1, 0},
    {3, 5, 2},
    {1, HALF_FLOATS, 0},
    {1, HALF_FLOATS + 1, 0},
    {1, 5 * HALF_FLOATS + 77, 0},
    {2000, 1000, 0},
    {2000, 1000, 3},
    {5, HALF_FLOATS + 10, 7},
    {3, HALF_FLOATS, 1},
    {70_000, 3, 2}
  };

  private static String name(int[] shape) {
    return Arrays.toString(shape);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.device.cuda.Emulation#orders")
  void whatWasUploadedComesBack(boolean reversed) {
    for (int[] shape : SHAPES) {
      try (Device device = Emulation.open(reversed);
          Queue queue = device.openQueue();
          BufferScope scope = new BufferScope(device, "test")) {
        Matrix all = scope.reals("all", shape[0] + 2, shape[1] + shape[2]);
        queue.fill(all, 9);
        Matrix x = all.rows(1, shape[0]).columns(0, shape[1]);
        float[] sent = numbers((int) x.size() + 20);
        queue.upload(sent, 11, x);
        float[] expected = sent.clone();
        Arrays.fill(sent, Float.NaN); // the array is the caller's again
        float[] received = new float[(int) x.size() + 20];
        queue.download(x, received, 5);
        assertArrayEquals(
            Arrays.copyOfRange(expected, 11, 11 + (int) x.size()),
            Arrays.copyOfRange(received, 5, 5 + (int) x.size()),
            name(shape));
        assertEquals(0, received[4]);
        assertEquals(0, received[5 + (int) x.size()]);

        float[] everything = new float[(int) all.size()];
        queue.download(all, everything, 0);
        for (int i = 0; i < everything.length; i++) {
          int row = i / all.columns();
          int column = i % all.columns();
          boolean inside = row >= 1 && row <= shape[0] && column < shape[1];
          float value = inside ? expected[11 + (row - 1) * shape[1] + column] : 9;
          assertEquals(value, everything[i], name(shape));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.device.cuda.Emulation#orders")
  void doublesAndIntegersToo(boolean reversed) {
    try (Device device = Emulation.open(reversed);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", 1500, 701).columns(0, 700);
      double[] doubles = new Random(1).doubles(x.size()).toArray();
      queue.upload(doubles, 0, x);
      double[] back = new double[doubles.length];
      queue.download(x, back, 0);
      for (int i = 0; i < back.length; i++) {
        assertEquals((float) doubles[i], back[i]);
      }
      Matrix ids = scope.integers("ids", 3 * HALF_FLOATS);
      int[] integers = new Random(2).ints(ids.size()).toArray();
      queue.upload(integers, 0, ids);
      int[] received = new int[integers.length];
      queue.download(ids, received, 0);
      assertArrayEquals(integers, received);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.device.cuda.Emulation#orders")
  void manySmallUploadsDoNotRunIntoEachOther(boolean reversed) {
    int count = 9000; // of about 700 bytes: three rounds through both halves
    try (Device device = Emulation.open(reversed);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", count, 177);
      float[] row = new float[177];
      for (int i = 0; i < count; i++) {
        Arrays.fill(row, i);
        queue.upload(row, 0, x.rows(i, 1));
      }
      float[] back = new float[count * 177];
      queue.download(x, back, 0);
      for (int i = 0; i < back.length; i++) {
        int sentRow = i / 177;
        assertEquals(sentRow, back[i]);
      }
      queue.upload(new float[] {-1}, 0, x.rows(0, 1).columns(0, 1));
      queue.download(x.rows(0, 1), row, 0);
      assertEquals(-1, row[0]);
      assertEquals(0, row[1]);
    }
  }

  @Test
  void numbersOf16BitsAreRoundedToNearest() {
    try (Device device = Emulation.open();
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      float[] values = numbers(3 * HALF_FLOATS);
      for (ElementType type : new ElementType[] {ElementType.BF16, ElementType.F16}) {
        Matrix half = scope.matrix(type, "half", 3, HALF_FLOATS);
        Matrix converted = scope.matrix(type, "converted", 3, HALF_FLOATS);
        Matrix reals = scope.reals("reals", 3, HALF_FLOATS);
        queue.upload(values, 0, half);
        queue.upload(values, 0, reals);
        queue.copy(reals, converted); // rounded by the device
        float[] byHost = new float[values.length];
        double[] byDevice = new double[values.length];
        queue.download(half, byHost, 0);
        queue.download(converted, byDevice, 0);
        for (int i = 0; i < values.length; i++) {
          float expected =
              type == ElementType.BF16
                  ? HalfPrecision.bf16(HalfPrecision.toBf16(values[i]))
                  : HalfPrecision.f16(HalfPrecision.toF16(values[i]));
          assertEquals(expected, byHost[i]);
          assertEquals(expected, byDevice[i]);
          assertEquals(values[i], expected, 4e-3 * Math.abs(values[i]) + 0x1p-25);
        }
      }
    }
  }

  @Test
  void wrongArraysAreRefused() {
    try (Device device = Emulation.open();
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      Matrix x = scope.reals("x", 2, 3);
      Matrix ids = scope.integers("ids", 6);
      assertThrows(IndexOutOfBoundsException.class, () -> queue.upload(new float[6], 1, x));
      assertThrows(IndexOutOfBoundsException.class, () -> queue.download(x, new double[5], 0));
      assertThrows(IllegalArgumentException.class, () -> queue.upload(new int[6], 0, x));
      assertThrows(IllegalArgumentException.class, () -> queue.upload(new float[6], 0, ids));
      assertThrows(IllegalArgumentException.class, () -> queue.upload(new double[6], 0, ids));
      assertThrows(IllegalArgumentException.class, () -> queue.download(ids, new float[6], 0));
      assertThrows(IllegalArgumentException.class, () -> queue.download(x, new int[6], 0));
    }
  }
}
