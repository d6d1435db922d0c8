package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the device says and does when the GPU fails; a runtime that fails on command plays it. */
class CudaFailureTest {
  private static final int INVALID_VALUE = 1;
  private static final int ILLEGAL_ADDRESS = 700;

  private final RuntimeWithFaults runtime =
      new RuntimeWithFaults(Emulation.runtime(true, 64L << 20));
  private final Device device = new CudaDevice("cuda:0", runtime, DeviceOptions.DEFAULT);

  @Test
  void anErrorOfOneCallLeavesTheDeviceAtWork() {
    try (device;
        Queue queue = device.openQueue();
        DeviceBuffer buffer = device.allocate(ElementType.F32, 4, "numbers")) {
      Matrix x = Matrix.of(buffer, 2, 2);
      runtime.code = INVALID_VALUE;
      DeviceException failure =
          assertThrows(DeviceException.class, () -> queue.download(x, new float[4], 0));
      assertEquals("copy", failure.operation());
      assertEquals(INVALID_VALUE, failure.code());
      assertEquals("cudaErrorNumber1", failure.codeName());
      assertEquals("copy failed with cudaErrorNumber1 (1): made by a test", failure.getMessage());
      runtime.code = 0;
      queue.fill(x, 3);
      float[] numbers = new float[4];
      queue.download(x, numbers, 0);
      assertEquals(3, numbers[3]);
    }
  }

  @Test
  void afterAStickyErrorAllWorkIsRefusedWithTheFirstOne() {
    Queue queue = device.openQueue();
    Queue second = queue.beside();
    DeviceBuffer buffer = device.allocate(ElementType.F32, 4, "numbers");
    Matrix x = Matrix.of(buffer, 2, 2);
    runtime.code = ILLEGAL_ADDRESS;
    DeviceException first = assertThrows(DeviceException.class, queue::synchronize);
    assertTrue(first.getMessage().contains("may stem from an earlier operation"));
    runtime.code = 719; // later calls may say something else
    Map<String, Executable> work =
        Map.of(
            "fill", () -> queue.fill(x, 1),
            "gemm", () -> queue.gemm(false, false, 1, x, x, 0, x),
            "upload", () -> second.upload(new float[4], 0, x),
            "await", () -> queue.await(second),
            "beside", queue::beside,
            "allocate", () -> device.allocate(ElementType.F32, 4, "more"),
            "openQueue", device::openQueue);
    work.forEach(
        (name, executable) -> {
          DeviceException refused = assertThrows(DeviceException.class, executable, name);
          assertEquals(ILLEGAL_ADDRESS, refused.code(), name);
          assertTrue(refused.getMessage().contains(first.getMessage()), refused.getMessage());
        });
    buffer.close(); // what cannot be given back is no news
    queue.close();
    device.close();
  }

  @Test
  void aFailingGpuIsNoticedByEveryKindOfCall() {
    Map<String, Call> calls =
        Map.of(
            "synchronize", (queue, other, x) -> queue.synchronize(),
            "await", (queue, other, x) -> queue.await(other),
            "gemm", (queue, other, x) -> queue.gemm(false, false, 1, x, x, 0, x),
            "upload", (queue, other, x) -> queue.upload(new int[4], 0, x),
            "download", (queue, other, x) -> queue.download(x, new int[4], 0),
            "allocate", (queue, other, x) -> x.buffer().device().allocate(F32, 1, "more"));
    calls.forEach(
        (name, call) -> {
          RuntimeWithFaults faulty = new RuntimeWithFaults(Emulation.runtime(true, 64L << 20));
          Device broken = new CudaDevice("cuda:0", faulty, DeviceOptions.DEFAULT);
          Queue queue = broken.openQueue();
          Queue other = broken.openQueue();
          boolean integers = name.endsWith("load");
          ElementType type = integers ? ElementType.I32 : F32;
          Matrix x = Matrix.of(broken.allocate(type, 4, "x"), 2, 2);
          faulty.code = ILLEGAL_ADDRESS;
          assertThrows(DeviceException.class, () -> call.make(queue, other, x), name);
          assertThrows(DeviceException.class, broken::openQueue, name);
          x.buffer().close();
          broken.close();
        });
    device.close();
  }

  private static final ElementType F32 = ElementType.F32;

  private interface Call {
    void make(Queue queue, Queue other, Matrix x);
  }

  @Test
  void memoryThatRunsOutIsToldAsSuch() {
    try (device) {
      runtime.code = CudaStatus.MEMORY_ALLOCATION; // cuBLAS's workspace, for one
      assertThrows(DeviceOutOfMemoryException.class, device::openQueue);
      runtime.code = 0;
      device.openQueue().close();
    }
  }

  @Test
  void theFirstMessageOfAKernelNamesItsOperation() {
    try (CudaDevice open = (CudaDevice) device;
        CudaQueue queue = (CudaQueue) open.openQueue()) {
      DeviceException failure =
          assertThrows(DeviceException.class, () -> queue.check("lstmForward", INVALID_VALUE));
      assertEquals("lstmForward", failure.operation());
      assertEquals("cudaErrorInvalidValue", failure.codeName());
      assertTrue(failure.getMessage().startsWith("lstmForward failed with cudaErrorInvalidValue"));
      assertFalse(failure.getMessage().contains("earlier operation"));
    }
  }
}
