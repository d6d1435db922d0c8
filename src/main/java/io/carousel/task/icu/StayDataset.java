package io.carousel.task.icu;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.data.icu.IcuStay;
import io.carousel.device.PackedShape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Stays with what is to be learned of them: at each hour, whether the patient died in hospital. */
final class StayDataset implements SequenceDataset {
  private final Function<IcuStay, float[]> steps;
  private final List<IcuStay> stays;
  private final Predicate<IcuStay> died;
  private final double replication;

  /**
   * A data set.
   *
   * @param steps gives the [48, F] features of a stay
   * @param stays in their order
   * @param died who died
   * @param replication weight of the mean of all hours, beside 1 − that of the last one ("target
   *     replication", Lipton et al. 2016)
   */
  StayDataset(
      Function<IcuStay, float[]> steps,
      List<IcuStay> stays,
      Predicate<IcuStay> died,
      double replication) {
    this.steps = steps;
    this.stays = List.copyOf(stays);
    this.died = died;
    this.replication = replication;
  }

  @Override
  public int size() {
    return stays.size();
  }

  /** The stays without targets, as one batch. */
  static SequenceBatch inputs(Function<IcuStay, float[]> steps, List<IcuStay> stays) {
    int n = stays.size();
    float[] batch = new float[IcuStay.HOURS * n * StayFeatures.COUNT];
    for (int row = 0; row < n; row++) {
      float[] own = steps.apply(stays.get(row));
      for (int t = 0; t < IcuStay.HOURS; t++) {
        System.arraycopy(
            own,
            t * StayFeatures.COUNT,
            batch,
            (t * n + row) * StayFeatures.COUNT,
            StayFeatures.COUNT);
      }
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(IcuStay.HOURS, n), StayFeatures.COUNT, batch);
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    List<IcuStay> chosen = Arrays.stream(examples).mapToObj(stays::get).toList();
    float[] targets = new float[IcuStay.HOURS * n];
    float[] weights = new float[IcuStay.HOURS * n];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = died.test(chosen.get(i % n)) ? 1 : 0;
      double last = i / n == IcuStay.HOURS - 1 ? 1 - replication : 0;
      weights[i] = (float) (replication / IcuStay.HOURS + last);
    }
    return inputs(steps, chosen)
        .withTargets(new SequenceBatch.Targets(true, 1, targets, new int[0], weights));
  }
}
