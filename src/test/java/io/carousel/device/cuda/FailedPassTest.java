package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cuda.EmulatedRuntime.Timing;
import io.carousel.device.pass.PassInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pass has enqueued beside the main queue when memory runs out in the middle of it. */
class FailedPassTest {
  private static final int UNITS = 17;
  private static final int BUDGET = 4 << 20;
  private static final PackedShape SHAPE = PackedShape.dense(20, 4);
  private static final RecurrentSpec SPEC = RecurrentSpec.lstm(UNITS, UNITS).withNumLayers(4);

  /** It does not write into memory that others have got in the meantime. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itsMemoryMayBeUsedAgain(boolean inBackward) {
    int failures = 0;
    while (!fits(inBackward, failures * 4000)) {
      failures++;
    }
    assertTrue(failures > 2, "every layer needs memory");
  }

  /** Whether a pass runs to its end when so many bytes are left. */
  private static boolean fits(boolean inBackward, int bytesLeft) {
    try (CudaDevice device =
            new CudaDevice(
                "cuda:0",
                Emulation.runtime(false, Timing.LATE, 64L << 20),
                new DeviceOptions(0, BUDGET),
                PersistentSupport.choice("on", "on"));
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test");
        MatrixPool pool = new MatrixPool(device, "test/pool")) {
      Matrix input = scope.reals("input", SHAPE.rows(), UNITS);
      PassInputs inputs = new PassInputs(weights(scope), input, null, null);
      List<LayerWeights> gradients = weights(scope);
      PersistentLayouts layouts =
          PersistentLayouts.of(device, SPEC, SHAPE.batchSize(), Sharing.LAYERS);
      assertNotNull(layouts);
      PersistentContext context =
          new PersistentContext(SPEC, ElementType.F32, layouts, pool, false);
      PersistentWork work = new PersistentWork(context, (CudaQueue) queue, SHAPE, inputs, 1, null);
      pool.setMayFree(false); // which would wait for all work
      if (inBackward) {
        work.forward();
      }
      long rest = BUDGET - device.allocatedBytes() - bytesLeft;
      DeviceBuffer hog = device.allocate(ElementType.F32, rest / 4, "hog");
      try (Leases scratch = new Leases(pool)) {
        if (inBackward) {
          work.backward(new PassGradients(input, null, null, gradients, null, null, null), scratch);
        } else {
          work.forward();
        }
        hog.close();
        return true;
      } catch (DeviceOutOfMemoryException e) {
        if (!inBackward) {
          work.abandon(e);
        }
      }
      requireNobodyWrites(queue, pool, hog);
      return false;
    }
  }

  private static void requireNobodyWrites(Queue queue, MatrixPool pool, DeviceBuffer hog) {
    List<Matrix> ours = new ArrayList<>();
    try {
      while (ours.size() < 8) {
        ours.add(pool.lease(SHAPE.rows(), UNITS)); // as what layers hand on
      }
    } catch (DeviceOutOfMemoryException e) {
      // the pass has given back fewer
    }
    ours.forEach(matrix -> queue.fill(matrix, 7));
    hog.close(); // does all work, that of the main queue first as far as it waits for no other
    for (Matrix matrix : ours) {
      float[] numbers = new float[(int) matrix.size()];
      float[] expected = numbers.clone();
      Arrays.fill(expected, 7);
      queue.download(matrix, numbers, 0);
      assertArrayEquals(expected, numbers);
    }
  }

  private static List<LayerWeights> weights(BufferScope scope) {
    List<LayerWeights> weights = new ArrayList<>();
    for (int run = 0; run < SPEC.runs(); run++) {
      weights.add(
          new LayerWeights(
              scope.reals("ih", SPEC.gateRows(), UNITS),
              scope.reals("hh", SPEC.gateRows(), UNITS),
              scope.reals("bias", 1, SPEC.gateRows()),
              scope.reals("bias", 1, SPEC.gateRows()),
              null,
              null));
    }
    return weights;
  }
}
