package io.carousel.cli.bench;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentSpec;
import io.carousel.optim.Adam;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains a small model for very many steps, dense and ragged batches in turn, and looks at the
 * memory meanwhile: what leaks in a step shows.
 */
public final class Soak {
  /** How much of a run is warm-up: the JVM compiles, pools and heap reach their size. */
  public static final double WARM_UP = 0.1;

  /** Bytes by which the resident set may grow after warm-up; device memory may not at all. */
  public static final long MOST_RESIDENT_GROWTH = 32L << 20;

  /** Fewer steps could not be cut into the fractions at which it looks. */
  public static final long FEWEST_STEPS = 100;

  private static final double[] LOOKS = {0, 0.01, 0.05, WARM_UP, 0.2, 0.4, 0.6, 0.8, 1};
  private static final int BATCHES = 4;
  private static final int CHUNK = 1 << 16;

  private Soak() {}

  /**
   * What was seen at a time.
   *
   * @param step number of steps made
   * @param seconds since the first
   * @param loss of the latest step
   * @param deviceBytes in open buffers
   * @param deviceAllocations made so far
   * @param residentBytes of the process, where the system tells
   * @param heapBytes that Java's heap has taken from the system
   */
  public record Look(
      long step,
      double seconds,
      double loss,
      long deviceBytes,
      long deviceAllocations,
      OptionalLong residentBytes,
      long heapBytes) {}

  /**
   * Trains, and looks at fixed fractions of the steps: 0, 1, 5, 10 (the end of warm-up), 20, 40,
   * 60, 80 and 100 percent.
   *
   * @param device where; nothing else may use it
   * @param shape of the dense batches
   * @param spec the stack
   * @param plan which plan runs
   * @param steps at least 100
   * @param listener told of each look at once
   * @return all looks
   */
  public static List<Look> run(
      Device device,
      BenchShape shape,
      RecurrentSpec spec,
      PlanChoice plan,
      long steps,
      Consumer<Look> listener) {
    if (steps < FEWEST_STEPS) {
      throw new IllegalArgumentException(
          "steps must be at least %d, got %d".formatted(FEWEST_STEPS, steps));
    }
    List<SequenceBatch> batches = batches(shape, spec.inputSize());
    List<Look> looks = new ArrayList<>();
    try (SequenceModel model =
            SequenceModel.around(RecurrentLayer.builder(spec).plan(plan)).head(1).build(device, 1);
        Trainer<SequenceBatch> trainer =
            new Trainer<>(
                SequenceObjective.meanSquaredError(model),
                new Adam(model.parameters(), 1e-3),
                new TrainerSettings().clipNorm(1))) {
      touchHeap();
      long start = System.nanoTime();
      long step = 0;
      double loss = Double.NaN;
      for (double fraction : LOOKS) {
        for (long next = Math.round(fraction * steps); step < next; step++) {
          loss = trainer.step(List.of(batches.get((int) (step % BATCHES))));
        }
        Look look = look(device, step, (System.nanoTime() - start) * 1e-9, loss);
        looks.add(look);
        listener.accept(look);
      }
    }
    return looks;
  }

  /** Memory of the heap that was never used yet is not resident, and would look like growth. */
  @SuppressWarnings("ReachabilityFenceUsage") // for the allocation's sake, not the object's
  private static void touchHeap() {
    long left = 2 * Runtime.getRuntime().totalMemory();
    while (left > 0) {
      byte[] chunk = new byte[CHUNK];
      left -= chunk.length;
      Reference.reachabilityFence(chunk); // or the compiler may leave it out
    }
  }

  /** Every other batch has sequences of falling lengths. */
  private static List<SequenceBatch> batches(BenchShape shape, int features) {
    SplittableRandom random = new SplittableRandom(1);
    List<SequenceBatch> batches = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      PackedShape packed = (i % 2 == 0 ? shape : shape.ragged()).packed();
      int rows = packed.steps() * packed.batchSize();
      float[] x = numbers(random, rows * features);
      batches.add(
          SequenceBatch.ofFeatures(packed, features, x).withValues(true, 1, numbers(random, rows)));
    }
    return batches;
  }

  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }

  private static Look look(Device device, long step, double seconds, double loss) {
    return new Look(
        step,
        seconds,
        loss,
        device.allocatedBytes(),
        device.allocationCount(),
        Linux.residentBytes(),
        Runtime.getRuntime().totalMemory());
  }

  /** What grew after warm-up by more than it may, in words, or null. */
  public static @Nullable String growth(List<Look> looks) {
    long steps = looks.get(looks.size() - 1).step();
    List<Look> settled =
        looks.stream().filter(look -> look.step() >= Math.round(WARM_UP * steps)).toList();
    Look first = settled.get(0);
    for (Look look : settled) {
      if (look.deviceBytes() > first.deviceBytes()) {
        return "device memory grew by %d bytes from step %d to step %d"
            .formatted(look.deviceBytes() - first.deviceBytes(), first.step(), look.step());
      }
      if (look.deviceAllocations() > first.deviceAllocations()) {
        return "%d device allocations from step %d to step %d"
            .formatted(
                look.deviceAllocations() - first.deviceAllocations(), first.step(), look.step());
      }
      if (look.residentBytes().isPresent() && first.residentBytes().isPresent()) {
        long grown = look.residentBytes().getAsLong() - first.residentBytes().getAsLong();
        if (grown > MOST_RESIDENT_GROWTH) {
          return "the resident set grew by %d bytes from step %d to step %d; %d are allowed"
              .formatted(grown, first.step(), look.step(), MOST_RESIDENT_GROWTH);
        }
      }
    }
    return null;
  }
}
