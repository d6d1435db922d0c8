package io.carousel.rnn;

import io.carousel.TestDevices;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.nn.Parameter;
import io.carousel.optim.Adam;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** Training by either plan, whose passes are recorded where that is not turned off. */
abstract class RecordedTraining {
  static final String GRAPHS = "carousel.cuda.graphs";

  /** The device under test, which has persistent plans; a subclass may open a real GPU. */
  Device open(DeviceOptions options) {
    DeviceProvider emulated = TestDevices.provider("cuda-emulated-reversed");
    String why = emulated.whyUnavailable();
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    return emulated.open(0, options);
  }

  final Device open() {
    return open(DeviceOptions.DEFAULT);
  }

  static <T> T withoutGraphs(Supplier<T> work) {
    String before = System.setProperty(GRAPHS, "off");
    try {
      return work.get();
    } finally {
      if (before == null) {
        System.clearProperty(GRAPHS);
      } else {
        System.setProperty(GRAPHS, before);
      }
    }
  }

  static SequenceBatch batch(int seed, int... lengths) {
    PackedShape shape = PackedShape.of(lengths);
    Random random = new Random(seed);
    int padded = shape.steps() * shape.batchSize();
    float[] x = new float[padded * 3];
    float[] y = new float[padded];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextFloat() - 0.5f;
    }
    return SequenceBatch.ofFeatures(shape, 3, x).withValues(true, 1, y);
  }

  static SequenceModel model(Device device, PlanChoice plan, RecurrentLayer.Builder<?, ?> stack) {
    stack.plan(plan);
    return SequenceModel.around(stack).head(1).build(device, 5);
  }

  /** How the latest pass was enqueued, without what else a plan says of its launches. */
  static String launch(SequenceModel model) {
    return model.recurrent().launch().split(";", 2)[0];
  }

  static void pass(SequenceModel model, int length) {
    try (SequencePass pass = model.forward(batch(1, length, length), null, 1)) {
      pass.backward(pass.output());
    }
  }

  /**
   * What came of a training.
   *
   * @param numbers losses of each step, then all weights
   * @param launches of each step
   * @param peakBytes on the device
   */
  record Outcome(double[] numbers, List<String> launches, long peakBytes) {}

  final Outcome train(
      PlanChoice plan, RecurrentLayer.Builder<?, ?> stack, List<SequenceBatch> batches) {
    return train(DeviceOptions.DEFAULT, plan, stack, batches);
  }

  final Outcome train(
      DeviceOptions options,
      PlanChoice plan,
      RecurrentLayer.Builder<?, ?> stack,
      List<SequenceBatch> batches) {
    List<String> launches = new ArrayList<>();
    List<Double> numbers = new ArrayList<>();
    try (Device device = open(options);
        SequenceModel model = model(device, plan, stack);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Adam(model.parameters(), 0.01),
                new TrainerSettings().clipNorm(0.5))) {
      for (SequenceBatch batch : batches) {
        numbers.add(trainer.step(List.of(batch)));
        launches.add(launch(model));
      }
      for (Parameter parameter : model.parameters()) {
        for (double value : parameter.download(model.queue())) {
          numbers.add(value);
        }
      }
      double[] all = numbers.stream().mapToDouble(x -> x).toArray();
      return new Outcome(all, launches, device.peakAllocatedBytes());
    }
  }
}
