package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CpuDeviceTest {
  private static Device open(int threads) {
    return new CpuDevice(new DeviceOptions(threads, 0), Libraries.get());
  }

  @Test
  void memoryIsAlignedAndZeroed() {
    try (Device device = open(1)) {
      for (long size : new long[] {0, 1, 17, 100_000}) {
        try (CpuBuffer buffer = (CpuBuffer) device.allocate(ElementType.F32, size, "test")) {
          assertEquals(0, buffer.address(0) % NativeMemory.ALIGNMENT);
          for (long i = 0; i < size; i++) {
            assertEquals(0f, buffer.real(i));
          }
        }
      }
    }
  }

  @Test
  void runsOfElementsMayCrossTheViewsOfLargeBuffers() {
    long border = 1L << 27;
    try (Device device = open(1);
        CpuBuffer buffer = (CpuBuffer) device.allocate(ElementType.F32, border + 1000, "large")) {
      float[] numbers = new float[1500];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i;
      }
      buffer.write(border - 700, numbers, 0, numbers.length);
      float[] back = new float[1500];
      buffer.read(border - 700, back, 0, back.length);
      assertArrayEquals(numbers, back);
      assertEquals(700f, buffer.real(border));
      buffer.setReal(border + 999, 5);
      assertEquals(5f, buffer.real(border + 999));
      assertThrows(IndexOutOfBoundsException.class, () -> buffer.real(border + 1000));
    }
  }

  @Test
  void closedBuffersAreRefusedAndCloseIsIdempotent() {
    try (Device device = open(1);
        Queue queue = device.openQueue()) {
      DeviceBuffer buffer = device.allocate(ElementType.F32, 8, "short-lived");
      Matrix matrix = Matrix.of(buffer, 2, 4);
      assertEquals(32, device.allocatedBytes());
      buffer.close();
      buffer.close();
      assertEquals(0, device.allocatedBytes());
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> queue.fill(matrix, 1));
      assertTrue(refused.getMessage().contains("short-lived"));
    }
  }

  @Test
  void theBudgetHolds() {
    DeviceOptions options = new DeviceOptions(1, 1000);
    try (Device device = new CpuDevice(options, Libraries.get());
        DeviceBuffer first = device.allocate(ElementType.F32, 200, "first")) {
      assertEquals("first", first.owner());
      DeviceOutOfMemoryException refused =
          assertThrows(
              DeviceOutOfMemoryException.class,
              () -> device.allocate(ElementType.F32, 100, "second"));
      assertTrue(refused.getMessage().contains("first (800)"), refused.getMessage());
      assertEquals(800, device.allocatedBytes());
    }
  }

  @Test
  void impossibleSizesAreRefused() {
    try (Device device = open(1)) {
      assertThrows(
          IllegalArgumentException.class, () -> device.allocate(ElementType.F64, 1, "doubles"));
      assertThrows(
          IllegalArgumentException.class, () -> device.allocate(ElementType.F32, -1, "negative"));
      assertThrows(
          DeviceOutOfMemoryException.class,
          () -> device.allocate(ElementType.F32, 1L << 55, "everything"));
      assertEquals(0, device.allocatedBytes());
    }
  }

  @Test
  void thereIsOneCpu() {
    assertThrows(DeviceException.class, () -> new CpuProvider().open(1, DeviceOptions.DEFAULT));
    try (Device device = new CpuProvider().open(0, DeviceOptions.DEFAULT)) {
      assertEquals(Runtime.getRuntime().availableProcessors(), device.threads());
      assertTrue(device.description().contains("float32"));
    }
  }

  static Stream<Libraries> libraries() {
    return Stream.of(Libraries.get(), GemmTest.plainJava());
  }

  /** A step of training must not make work for the garbage collector. */
  @ParameterizedTest
  @MethodSource("libraries")
  void aStepAllocatesUnderOneKilobyte(Libraries libraries) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Device device = new CpuDevice(new DeviceOptions(2, 0), libraries);
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "step")) {
      int n = 32;
      int units = 128;
      Matrix weights = scope.reals("w", 4 * units, units);
      Matrix gates = scope.reals("gates", n, 4 * units);
      Matrix h = scope.reals("h", n, units);
      Matrix c = scope.reals("c", n, units);
      Matrix saved = scope.reals("saved", n, units);
      Matrix output = scope.reals("output", n, units);
      Runnable step =
          () -> {
            queue.gemm(false, true, 1, h, weights, 1, gates);
            queue.lstmForward(LstmVariant.STANDARD, gates, null, c, saved, h, null, output);
            queue.lstmBackward(LstmVariant.STANDARD, gates, saved, output, h, c, null);
            queue.gemm(false, false, 1, gates, weights, 0, h);
          };
      for (int i = 0; i < 50; i++) {
        step.run();
      }
      long allocations = device.allocationCount();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 50; i++) {
        step.run();
      }
      long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 50;
      assertTrue(bytes < 1000, () -> bytes + " bytes in a step");
      assertEquals(allocations, device.allocationCount());
    }
  }
}
