package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecordedWork;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded work, and order among queues. */
class CudaRecordingTest {
  private final CudaDevice device = Emulation.open();
  private final Queue queue = device.openQueue();
  private final BufferScope scope = new BufferScope(device, "test");
  private final Matrix x = scope.reals("x", 2, 2);
  private final Matrix y = scope.reals("y", 2, 2);

  @AfterEach
  void close() {
    scope.close();
    queue.close();
    device.close();
  }

  private static float first(Queue queue, Matrix matrix) {
    float[] numbers = new float[(int) matrix.size()];
    queue.download(matrix, numbers, 0);
    return numbers[0];
  }

  @Test
  void recordingEnqueuesNothingAndEachRunAllOfIt() {
    queue.fill(x, 1);
    assertNull(queue.whyNotRecorded());
    try (RecordedWork work =
        queue.record(
            () -> {
              queue.axpy(2, x, x);
              queue.gemm(false, false, 1, x, x, 1, y);
            })) {
      assertEquals(1, first(queue, x));
      assertTrue(work.size() >= 2, "size " + work.size());
      work.enqueue();
      assertEquals(3, first(queue, x));
      assertEquals(18, first(queue, y)); // 0 + 2 · 3²
      queue.fill(x, 1);
      work.enqueue();
      work.enqueue();
      assertEquals(9, first(queue, x));
      assertEquals(18 + 18 + 162, first(queue, y));
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.device.cuda.Emulation#orders")
  void theQueueBesideIsRecordedToo(boolean reversed) {
    try (CudaDevice other = Emulation.open(reversed);
        Queue q = other.openQueue();
        BufferScope memory = new BufferScope(other, "test")) {
      Matrix a = memory.reals("a", 3, 4);
      Matrix b = memory.reals("b", 3, 4);
      Matrix sum = memory.reals("sum", 3, 4);
      Queue beside = q.beside();
      Queue third = beside.beside();
      assertSame(beside, q.beside());
      Runnable step =
          () -> {
            q.axpy(1, a, a);
            beside.await(q);
            beside.copy(a, b);
            third.await(beside);
            third.scale(10, b);
            beside.await(third);
            q.await(beside);
            q.copy(b, sum);
          };
      q.fill(a, 1);
      step.run();
      assertEquals(20, first(q, sum));
      try (RecordedWork work = q.record(step)) {
        work.enqueue();
        work.enqueue();
        assertEquals(80, first(q, sum));
        assertEquals(8, first(q, a));
      }
    }
  }

  @Test
  void whatCannotBeRecordedIsRefusedBeforeAnythingHappens() {
    Queue beside = queue.beside();
    Queue stranger = device.openQueue();
    RecordedWork other = queue.record(() -> queue.fill(y, 5));
    Map<String, Runnable> refused = new LinkedHashMap<>();
    refused.put("upload", () -> queue.upload(new float[4], 0, x));
    refused.put("download", () -> queue.download(x, new float[4], 0));
    refused.put("upload beside", () -> beside.upload(new float[4], 0, x));
    refused.put("synchronize", queue::synchronize);
    refused.put("synchronize beside", beside::synchronize);
    refused.put("record", () -> queue.record(() -> {}));
    refused.put("a third queue", beside::beside);
    refused.put("recorded work", other::enqueue);
    refused.put("close", queue::close);
    refused.put("await a stranger", () -> queue.await(stranger));
    refused.put("a stranger awaits", () -> stranger.await(queue));
    refused.put("await a closed one", () -> queue.await(closedQueue()));
    queue.fill(x, 1);
    refused.forEach(
        (name, call) -> {
          try (RecordedWork work =
              queue.record(
                  () -> {
                    queue.axpy(1, x, x);
                    assertThrows(IllegalStateException.class, call::run, name);
                    queue.axpy(1, x, x);
                  })) {
            queue.fill(x, 1);
            work.enqueue();
            assertEquals(4, first(queue, x), name); // the rest was recorded all the same
          }
        });
    other.close();
    stranger.close();
  }

  private Queue closedQueue() {
    Queue closed = device.openQueue();
    closed.close();
    return closed;
  }

  @Test
  void aFailureWhileRecordingIsPassedOnAndTheQueueGoesOn() {
    queue.fill(x, 1);
    IllegalStateException mine = new IllegalStateException("mine");
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                queue.record(
                    () -> {
                      queue.fill(x, 2);
                      throw mine;
                    }));
    assertSame(mine, thrown);
    assertThrows(
        IllegalArgumentException.class,
        () -> queue.record(() -> queue.addBias(x, y))); // wrong shapes, found by the operation
    assertEquals(1, first(queue, x));
    try (RecordedWork work = queue.record(() -> queue.fill(x, 3))) {
      work.enqueue();
    }
    assertEquals(3, first(queue, x));
  }

  @Test
  void closedWorkIsRefused() {
    RecordedWork work = queue.record(() -> queue.fill(x, 3));
    work.close();
    work.close();
    assertThrows(IllegalStateException.class, work::enqueue);
  }

  @Test
  void workMayBeClosedWhileItRuns() {
    try (RecordedWork work = queue.record(() -> queue.axpy(1, y, x))) {
      queue.fill(y, 1);
      work.enqueue();
      work.enqueue();
    }
    assertEquals(2, first(queue, x));
  }

  @Test
  void workMayOutliveItsDevice() {
    CudaDevice other = Emulation.open();
    Queue q = other.openQueue();
    RecordedWork work = q.record(() -> {});
    other.close();
    assertThrows(IllegalStateException.class, work::enqueue);
    work.close();
  }

  @Test
  void companionsDoNotRecordByThemselves() {
    Queue beside = queue.beside();
    String reason = beside.whyNotRecorded();
    assertTrue(reason.contains("recorded with that one"), reason);
    assertThrows(IllegalStateException.class, () -> beside.record(() -> {}));
  }

  @Test
  void graphsCanBeTurnedOff() {
    System.setProperty("carousel.cuda.graphs", "off");
    try (CudaDevice plain = Emulation.open();
        Queue q = plain.openQueue()) {
      assertTrue(q.whyNotRecorded().contains("carousel.cuda.graphs"), q.whyNotRecorded());
      assertThrows(IllegalStateException.class, () -> q.record(() -> {}));
    } finally {
      System.clearProperty("carousel.cuda.graphs");
    }
  }

  @Test
  void queuesWaitForEachOther() {
    Queue other = device.openQueue();
    queue.fill(x, 1);
    other.await(queue);
    other.axpy(1, x, y);
    queue.await(other);
    queue.fill(x, 7);
    float[] numbers = new float[4];
    other.download(y, numbers, 0);
    assertArrayEquals(new float[] {1, 1, 1, 1}, numbers);
    queue.await(queue);
    other.close();
    try (Device stranger = Emulation.open();
        Queue foreign = stranger.openQueue()) {
      assertThrows(IllegalArgumentException.class, () -> queue.await(foreign));
    }
  }

  @Test
  void oneThreadHoldsAQueueAndWhatIsBesideIt() throws InterruptedException {
    Queue beside = queue.beside();
    Map<String, Boolean> refused = new LinkedHashMap<>();
    Thread thread =
        new Thread(
            () -> {
              refused.put("queue", refuses(queue));
              refused.put("beside", refuses(beside));
              queue.adopt();
              refused.put("adopted", refuses(queue));
              refused.put("adopted beside", refuses(beside));
            });
    thread.start();
    thread.join();
    assertEquals(
        Map.of("queue", true, "beside", true, "adopted", false, "adopted beside", false), refused);
    assertTrue(refuses(beside));
    queue.adopt();
  }

  private static boolean refuses(Queue queue) {
    try {
      queue.synchronize();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
