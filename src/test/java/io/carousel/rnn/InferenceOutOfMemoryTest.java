package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequencePairBatch;
import io.carousel.data.SequencePairs;
import io.carousel.device.Cell;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Devices;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.nn.LuongAttention;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * When memory runs out in the middle of an inference, wherever that is, nothing stays behind, and a
 * smaller batch works. Device.close throws where a buffer was left.
 */
class InferenceOutOfMemoryTest {
  private static final int SMALL = 2;
  private static final int LARGE = 40;
  private static final int BUDGETS = 30;

  private static EncoderDecoder translator(Device device) {
    return new EncoderDecoder(
        new EncoderDecoderSpec(Cell.LSTM, 20, 30, 4, 8, 2, true, LuongAttention.Score.GENERAL, 0),
        device,
        1);
  }

  private static void translate(EncoderDecoder model, int count) {
    int[] ids = new int[12];
    SequencePairBatch batch =
        new SequencePairs(Collections.nCopies(count, ids), Collections.nCopies(count, ids), 0, 1)
            .batch(new int[count]);
    try (EncodedSource source = model.encode(batch.source())) {
      model.pool().release(model.decode(source, source.start(), batch.target()));
    }
  }

  private static void reconstruct(SequenceAutoencoder model, int count) {
    model.reconstruct(
        SequenceBatch.ofFeatures(PackedShape.dense(12, count), 3, new float[12 * count * 3]));
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void encoderAndDecoder(String name) {
    survivesWant(
        name,
        InferenceOutOfMemoryTest::translator,
        EncoderDecoder::pool,
        InferenceOutOfMemoryTest::translate);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void autoencoder(String name) {
    survivesWant(
        name,
        device -> new SequenceAutoencoder(3, 8, 2, device, 1),
        SequenceAutoencoder::pool,
        InferenceOutOfMemoryTest::reconstruct);
  }

  /** Budgets from what the small batch takes to what the large one takes: each ends elsewhere. */
  private static <M extends AutoCloseable> void survivesWant(
      String name,
      Function<Device, M> build,
      Function<M, MatrixPool> pool,
      ObjIntConsumer<M> infer) {
    long least = peak(name, build, infer, SMALL);
    long enough = peak(name, build, infer, LARGE);
    int refused = 0;
    for (int i = 1; i < BUDGETS; i++) {
      long budget = least + (enough - least) * i / BUDGETS;
      try (Device device = Devices.open(name, new DeviceOptions(1, budget));
          Held<M> held = new Held<>(build.apply(device))) {
        infer.accept(held.model, SMALL);
        try {
          infer.accept(held.model, LARGE);
        } catch (DeviceOutOfMemoryException e) {
          refused++;
          assertEquals(0, pool.apply(held.model).lentCount(), "budget " + budget);
          infer.accept(held.model, SMALL);
        }
      }
    }
    assertTrue(refused > BUDGETS / 2, refused + " budgets were too small");
  }

  private static <M extends AutoCloseable> long peak(
      String name, Function<Device, M> build, ObjIntConsumer<M> infer, int count) {
    try (Device device = Devices.open(name);
        Held<M> held = new Held<>(build.apply(device))) {
      infer.accept(held.model, count);
      return device.peakAllocatedBytes();
    }
  }

  /** Models close without checked exceptions; their common type does not say so. */
  private record Held<M extends AutoCloseable>(M model) implements AutoCloseable {
    @Override
    public void close() {
      CloseAll.inReverse(List.of(model));
    }
  }
}
