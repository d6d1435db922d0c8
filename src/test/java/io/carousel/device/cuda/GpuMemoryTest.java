package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.RealGpu;
import io.carousel.data.SequenceBatch;
import io.carousel.device.PackedShape;
import io.carousel.optim.Adam;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand steps of training ask the GPU for nothing, by our books and by the driver's. */
@Tag("gpu")
class GpuMemoryTest {
  private static final int STEPS = 10_000;
  private static final int WARM_UP = 200;

  @Test
  void memoryStaysFlat() {
    try (CudaDevice device = (CudaDevice) RealGpu.open();
        SequenceModel model =
            SequenceModel.around(Lstm.builder(8, 32).layers(2).dropout(0.2))
                .head(1)
                .build(device, 1);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Adam(model.parameters(), 1e-3),
                new TrainerSettings().clipNorm(1))) {
      List<SequenceBatch> batches = new ArrayList<>();
      for (PackedShape shape : List.of(PackedShape.dense(12, 8), PackedShape.of(12, 3, 7, 12))) {
        batches.add(
            SequenceBatch.ofFeatures(shape, 8, new float[shape.rows() * 8])
                .withValues(true, 1, new float[shape.rows()]));
      }
      long allocations = 0;
      long free = 0;
      for (int step = 0; step < STEPS; step++) {
        if (step == WARM_UP) {
          allocations = device.allocationCount();
          free = device.runtime().freeBytes();
        }
        trainer.step(List.of(batches.get(step % batches.size())));
      }
      assertEquals(allocations, device.allocationCount());
      assertEquals(free, device.runtime().freeBytes());
    }
  }
}
