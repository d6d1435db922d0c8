package io.carousel.device.pass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Devices;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Queue;
import io.carousel.device.RecordedWork;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What fails in cleaning up hides neither the first failure nor what is left to clean up. */
class FailedCleanUpTest {
  private static final PackedShape SHAPE = PackedShape.dense(3, 2);

  private final Device device = Devices.open("reference");
  private final Queue queue = device.openQueue();
  private final BufferScope scope = new BufferScope(device, "test");

  @AfterEach
  void close() {
    scope.close();
    queue.close();
    device.close();
  }

  private StackWeights weights() {
    LayerWeights layer =
        new LayerWeights(
            scope.reals("ih", 4, 2),
            scope.reals("hh", 4, 4),
            scope.reals("bias", 1, 4),
            scope.reals("bias", 1, 4),
            null,
            null);
    return new StackWeights(List.of(layer), 1);
  }

  @Test
  void wantOfMemoryIsToldAlthoughFreeingFails() {
    DeviceOutOfMemoryException first = new DeviceOutOfMemoryException("no memory for the pass");
    IllegalStateException second = new IllegalStateException("then freeing failed too");
    TrainingWork.Factory factory =
        (on, pool, shape, inputs, key, trace) -> {
          throw first;
        };
    Runnable failing =
        () -> {
          throw second;
        };
    RecurrentSpec spec = RecurrentSpec.rnn(2, 4);
    StackWeights weights = weights();
    Matrix x = scope.reals("x", SHAPE.rows(), 2);
    try (TrainingPasses passes =
        new TrainingPasses(device, spec, PlanCapacity.of(SHAPE), "test", factory, failing)) {
      Exception thrown =
          assertThrows(
              RuntimeException.class,
              () -> passes.open(queue, weights, SHAPE, x, null, null, 1, 1, null));
      assertSame(first, thrown);
      assertTrue(List.of(thrown.getSuppressed()).contains(second));
    }
  }

  /** Also where it is an error. */
  @Test
  void theFailureOfBackwardIsToldAlthoughEndingThePassFails() {
    Error first = new LinkageError("a library is gone");
    IllegalStateException second = new IllegalStateException("then giving back failed too");
    TrainingWork.Factory factory =
        (on, pool, shape, inputs, key, trace) -> work(pool, first, second);
    RecurrentSpec spec = RecurrentSpec.rnn(2, 4);
    StackWeights weights = weights();
    List<LayerWeights> gradients = weights().runs();
    Matrix x = scope.reals("x", SHAPE.rows(), 2);
    Matrix d = scope.reals("d", SHAPE.rows(), 4);
    try (TrainingPasses passes =
        new TrainingPasses(device, spec, PlanCapacity.of(SHAPE), "test", factory, () -> {})) {
      RecurrentPlan.Pass pass = passes.open(queue, weights, SHAPE, x, null, null, 1, 1, null);
      Throwable thrown =
          assertThrows(
              Throwable.class, () -> pass.backward(d, null, null, gradients, null, null, null));
      assertSame(first, thrown);
      assertArrayEquals(new Throwable[] {second}, thrown.getSuppressed());
      assertFalse(passes.isBusy());
    }
  }

  @Test
  void allRecordingsAreClosedAlthoughOnesWorkFails() {
    List<RuntimeException> failures = new ArrayList<>();
    TrainingWork.Factory factory =
        (on, pool, shape, inputs, key, trace) -> {
          pool.lease(shape.rows(), 4);
          IllegalStateException failure = new IllegalStateException("of step " + shape.steps());
          failures.add(failure);
          return work(pool, failure, failure);
        };
    Queue recording = recordingQueue();
    PassRecordings recordings = new PassRecordings(factory);
    PassInputs inputs = new PassInputs(weights().runs(), scope.reals("x", 9, 2), null, null);
    long before = device.allocatedBytes();
    try (MatrixPool pool = new MatrixPool(device, "test")) {
      for (int steps = 1; steps <= 3; steps++) {
        PackedShape shape = PackedShape.dense(steps, 2);
        assertNull(recordings.find(recording, pool, shape, inputs, 1, null));
        assertNotNull(recordings.find(recording, pool, shape, inputs, 1, null));
      }
      Exception thrown = assertThrows(IllegalStateException.class, recordings::close);
      assertSame(failures.get(2), thrown);
      assertArrayEquals(new Exception[] {failures.get(1), failures.get(0)}, thrown.getSuppressed());
      pool.trim(); // what nested pools have given back
      assertEquals(before, device.allocatedBytes());
      recordings.close(); // nothing is closed twice
    }
  }

  /** Work that does nothing but fail. */
  private static TrainingWork work(MatrixPool pool, Throwable inBackward, Throwable inRelease) {
    return (TrainingWork)
        Proxy.newProxyInstance(
            TrainingWork.class.getClassLoader(),
            new Class<?>[] {TrainingWork.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "backward" -> throw inBackward;
                  case "release" -> throw inRelease;
                  case "pool" -> pool;
                  case "launches" -> "";
                  default -> null;
                });
  }

  /** A queue that says it records. */
  private static Queue recordingQueue() {
    return (Queue)
        Proxy.newProxyInstance(
            Queue.class.getClassLoader(),
            new Class<?>[] {Queue.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "whyNotRecorded" -> null;
                  case "record" -> nothing();
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> 1;
                  default -> throw new AssertionError(method);
                });
  }

  private static RecordedWork nothing() {
    return (RecordedWork)
        Proxy.newProxyInstance(
            RecordedWork.class.getClassLoader(),
            new Class<?>[] {RecordedWork.class},
            (proxy, method, arguments) -> null);
  }
}
