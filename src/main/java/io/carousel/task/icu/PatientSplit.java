package io.carousel.task.icu;

import io.carousel.data.icu.IcuSet;
import io.carousel.data.icu.IcuStay;
import io.carousel.device.RandomStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Patients divided by chance, survivors and others in equal shares everywhere.
 *
 * @param folds one per member of the ensemble, which validates on it and learns from all the others
 * @param test patients that nobody learns from
 */
record PatientSplit(List<List<IcuStay>> folds, List<IcuStay> test) {
  /** Divides a set; the same seed gives the same parts. */
  static PatientSplit of(IcuSet set, int folds, double testFraction, long seed) {
    List<IcuStay> shuffled = new ArrayList<>();
    for (int i : new RandomStream(seed, "split").permutation(set.stays().size())) {
      shuffled.add(set.stays().get(i));
    }
    shuffled.sort(Comparator.comparing(set::died)); // stable: survivors, then the others
    List<List<IcuStay>> parts = new ArrayList<>();
    for (int i = 0; i < folds; i++) {
      parts.add(new ArrayList<>());
    }
    List<IcuStay> test = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < shuffled.size(); i++) {
      if (due(i + 1, testFraction) > due(i, testFraction)) {
        test.add(shuffled.get(i));
      } else {
        parts.get(next++ % folds).add(shuffled.get(i));
      }
    }
    for (List<IcuStay> part : parts) {
      if (part.isEmpty()) {
        throw new IllegalArgumentException(
            "%s: %d stays are too few for %d members"
                .formatted(set.source(), set.stays().size(), folds));
      }
    }
    return new PatientSplit(
        Collections.unmodifiableList(parts), Collections.unmodifiableList(test));
  }

  /** How many of the first patients are for the test; ten tenths are one in spite of rounding. */
  private static long due(int patients, double testFraction) {
    return (long) (patients * testFraction + 1e-9);
  }

  /** Everybody that some member learns from. */
  List<IcuStay> learning() {
    return folds.stream().flatMap(List::stream).toList();
  }

  /** Everybody that a member learns from. */
  List<IcuStay> learning(int member) {
    List<IcuStay> others = new ArrayList<>();
    for (int i = 0; i < folds.size(); i++) {
      if (i != member) {
        others.addAll(folds.get(i));
      }
    }
    return others;
  }
}
