package io.carousel.data;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Records divided whole, so that no patient is in two parts; each part keeps the order of the
 * records.
 *
 * @param train names of the records to learn from
 * @param validation names of the records to choose by
 * @param test names of the records to report on
 */
public record RecordSplit(List<String> train, List<String> validation, List<String> test) {
  /** Checks that no record is in two parts, or twice in one, and that there is one to train. */
  public RecordSplit {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    if (train.isEmpty()) {
      throw new IllegalArgumentException("no record is left to train on");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (List<String> part : List.of(train, validation, test)) {
      for (String name : part) {
        if (!seen.add(name)) {
          throw new IllegalArgumentException("record '" + name + "' is used twice");
        }
      }
    }
  }

  /**
   * Takes {@code validation} and {@code test} out of {@code records}; the others are for training.
   *
   * @throws IllegalArgumentException when a name is unknown or in both
   */
  public static RecordSplit of(
      List<String> records, Collection<String> validation, Collection<String> test) {
    for (Collection<String> part : List.of(validation, test)) {
      for (String name : part) {
        if (!records.contains(name)) {
          throw new IllegalArgumentException("no record '" + name + "' in " + records);
        }
      }
    }
    return new RecordSplit(
        records.stream()
            .filter(name -> !validation.contains(name) && !test.contains(name))
            .toList(),
        records.stream().filter(validation::contains).toList(),
        records.stream().filter(test::contains).toList());
  }
}
