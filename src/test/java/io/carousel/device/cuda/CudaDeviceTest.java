package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import org.junit.jupiter.api.Test;

/** Memory and lifetime of the CUDA device, on an emulated GPU. */
class CudaDeviceTest {
  @Test
  void saysWhatItIs() {
    try (Device device = Emulation.open()) {
      assertEquals("cuda:0", device.name());
      assertTrue(device.description().startsWith("cuda:0: "), device.description());
      assertEquals(ElementType.F32, device.realType());
      assertEquals(1, device.threads());
      assertFalse(device.supports(Precision.FP64));
      for (Precision p : Precision.values()) {
        assertEquals(p != Precision.FP64, device.supports(p), p.name());
      }
      assertEquals(ElementType.F32, device.operandType(Precision.TF32));
      assertEquals(ElementType.BF16, device.operandType(Precision.BF16));
      assertEquals(ElementType.F16, device.operandType(Precision.FP16));
    }
  }

  @Test
  void olderGpusHaveNo16BitOperands() {
    RuntimeWithFaults runtime = new RuntimeWithFaults(Emulation.runtime(true, 64L << 20));
    runtime.bf16 = false;
    try (Device device = new CudaDevice("cuda:0", runtime, DeviceOptions.DEFAULT)) {
      assertFalse(device.supports(Precision.BF16));
      assertTrue(device.supports(Precision.TF32));
      assertEquals(ElementType.F32, device.operandType(Precision.FP16));
      assertThrows(
          IllegalArgumentException.class, () -> device.allocate(ElementType.BF16, 1, "half"));
    }
  }

  @Test
  void memoryIsZeroedAndCounted() {
    try (Device device = Emulation.open();
        Queue queue = device.openQueue()) {
      assertEquals(0, device.allocationCount()); // what the queue needs is not counted
      for (int round = 0; round < 2; round++) {
        try (BufferScope scope = new BufferScope(device, "test")) {
          Matrix x = scope.reals("x", 100, 100);
          float[] numbers = new float[10_000];
          numbers[9_999] = 1;
          queue.download(x, numbers, 0);
          assertArrayEquals(new float[10_000], numbers);
          queue.fill(x, 7);
          queue.synchronize();
          assertEquals(40_000, device.allocatedBytes());
        }
      }
      assertEquals(0, device.allocatedBytes());
      assertEquals(40_000, device.peakAllocatedBytes());
      assertEquals(2, device.allocationCount());
    }
  }

  @Test
  void emptyBuffersAreLegal() {
    try (Device device = Emulation.open();
        Queue queue = device.openQueue();
        DeviceBuffer empty = device.allocate(ElementType.F32, 0, "empty")) {
      queue.fill(Matrix.of(empty, 0, 5), 1);
      queue.upload(new float[0], 0, Matrix.of(empty, 0, 5));
      queue.download(Matrix.of(empty, 5, 0), new double[0], 0);
      assertEquals(0, device.allocatedBytes());
    }
  }

  @Test
  void closedBuffersAreRefusedAndCloseIsIdempotent() {
    try (Device device = Emulation.open();
        Queue queue = device.openQueue()) {
      DeviceBuffer buffer = device.allocate(ElementType.F32, 8, "short-lived");
      Matrix matrix = Matrix.of(buffer, 2, 4);
      buffer.close();
      buffer.close();
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> queue.fill(matrix, 1));
      assertTrue(refused.getMessage().contains("short-lived"), refused.getMessage());
      assertEquals(0, device.allocatedBytes());
    }
  }

  @Test
  void impossibleRequestsAreRefused() {
    try (Device device = Emulation.open()) {
      assertThrows(
          IllegalArgumentException.class, () -> device.allocate(ElementType.F64, 1, "doubles"));
      assertThrows(
          IllegalArgumentException.class, () -> device.allocate(ElementType.F32, -1, "negative"));
      assertThrows(
          ArithmeticException.class,
          () -> device.allocate(ElementType.F32, Long.MAX_VALUE, "everything"));
      assertEquals(0, device.allocationCount());
    }
  }

  @Test
  void theBudgetHolds() {
    CudaRuntime runtime = Emulation.runtime(true, 64L << 20);
    try (Device device = new CudaDevice("cuda:0", runtime, new DeviceOptions(0, 1000));
        DeviceBuffer first = device.allocate(ElementType.F32, 200, "first")) {
      DeviceOutOfMemoryException refused =
          assertThrows(
              DeviceOutOfMemoryException.class,
              () -> device.allocate(ElementType.F32, 100, "second"));
      String message = refused.getMessage();
      assertTrue(message.contains("budget 1000"), message);
      assertTrue(message.contains("first (800)"), message);
      assertTrue(message.contains("the driver has " + runtime.freeBytes()), message);
      assertEquals(800, device.allocatedBytes());
      assertEquals("first", first.owner());
    }
  }

  @Test
  void afterOutOfMemorySmallerRequestsWork() {
    CudaRuntime runtime = Emulation.runtime(true, 16L << 20);
    try (Device device = new CudaDevice("cuda:0", runtime, DeviceOptions.DEFAULT);
        Queue queue = device.openQueue();
        DeviceBuffer small = device.allocate(ElementType.F32, 1 << 20, "small")) {
      DeviceOutOfMemoryException refused =
          assertThrows(
              DeviceOutOfMemoryException.class,
              () -> device.allocate(ElementType.F32, 16 << 20, "large"));
      String message = refused.getMessage();
      assertTrue(message.contains((64 << 20) + " bytes for 'large'"), message);
      assertTrue(message.contains("small (4194304)"), message);
      assertTrue(message.contains("the driver has " + runtime.freeBytes()), message);
      assertEquals(1, device.allocationCount());
      assertEquals(4 << 20, device.peakAllocatedBytes());
      try (DeviceBuffer next = device.allocate(ElementType.F32, 1 << 20, "next")) {
        queue.fill(Matrix.of(next, 1, 10), 3);
        queue.synchronize();
      }
      assertEquals(4 << 20, small.size() * 4);
    }
  }

  @Test
  void queuesThatFindNoMemoryLeaveNothingBehind() {
    CudaRuntime runtime = Emulation.runtime(true, 6L << 20);
    try (Device device = new CudaDevice("cuda:0", runtime, DeviceOptions.DEFAULT)) {
      long free = runtime.freeBytes();
      try (Queue queue = device.openQueue()) {
        DeviceOutOfMemoryException refused =
            assertThrows(DeviceOutOfMemoryException.class, queue::beside);
        assertTrue(refused.getMessage().contains("scratch"), refused.getMessage());
      }
      assertEquals(free, runtime.freeBytes());
      device.openQueue().close();
      assertEquals(free, runtime.freeBytes());
    }
  }

  @Test
  void leaksAreListedAndGivenBack() {
    Device device = Emulation.open();
    Queue queue = device.openQueue();
    DeviceBuffer leaked = device.allocate(ElementType.I32, 3, "leaked");
    IllegalStateException report = assertThrows(IllegalStateException.class, device::close);
    assertTrue(report.getMessage().contains("leaked, 12 bytes"), report.getMessage());
    assertTrue(leaked.isClosed());
    assertEquals(0, device.allocatedBytes());
    device.close();
    leaked.close();
    queue.close();
    assertThrows(IllegalStateException.class, queue::synchronize);
  }

  @Test
  void nothingWorksAfterClose() {
    Device device = Emulation.open();
    device.close();
    device.close();
    assertThrows(IllegalStateException.class, device::openQueue);
    assertThrows(
        IllegalStateException.class, () -> device.allocate(ElementType.F32, 1, "too late"));
  }
}
