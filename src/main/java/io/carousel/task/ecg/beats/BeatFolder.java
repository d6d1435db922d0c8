package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.MitBih;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A folder of annotated records, and which of them are for training, for validation and for the
 * report: whole records, so that no patient is in two parts.
 */
final class BeatFolder {
  /**
   * DS1 in five groups, each with beats of all four classes: what members of the ensemble leave out
   * for validation.
   */
  private static final List<List<String>> GROUPS =
      List.of(
          List.of("101", "106", "115", "124", "209"),
          List.of("108", "119", "201", "215", "230"),
          List.of("112", "116", "207", "223"),
          List.of("114", "118", "122", "208"),
          List.of("109", "203", "205", "220"));

  private final Path folder;
  private final List<String> names;

  /**
   * A folder.
   *
   * @throws IOException when there is none, or no record in it
   */
  BeatFolder(Path folder) throws IOException {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder");
    }
    names = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*.hea")) {
      files.forEach(file -> names.add(file.getFileName().toString().replaceFirst("\\.hea$", "")));
    }
    names.sort(null);
    if (names.isEmpty()) {
      throw new NoSuchFileException(
          folder.toString(), null, "no WFDB record (.hea, .dat, .atr) in it");
    }
  }

  /** A record of the folder with its annotations. */
  BeatRecord record(String name) throws IOException {
    return BeatRecord.annotated(folder.resolve(name + ".hea"));
  }

  /**
   * The records to train on: those asked for; else those of DS1 when there are any; else all but
   * DS2 and the paced ones.
   *
   * @throws IOException when one that is asked for is missing, or fewer than two are left
   */
  List<String> training(Collection<String> wanted) throws IOException {
    if (!wanted.isEmpty()) {
      return atLeastTwo(chosen(wanted));
    }
    List<String> ds1 = names.stream().filter(MitBih.DS1::contains).toList();
    return atLeastTwo(
        ds1.isEmpty()
            ? names.stream()
                .filter(n -> !MitBih.DS2.contains(n) && !MitBih.PACED.contains(n))
                .toList()
            : ds1);
  }

  private List<String> atLeastTwo(List<String> records) throws IOException {
    if (records.size() < 2) {
      throw new IOException(
          "%s: training needs two records or more, one of them to validate on; there are %s (those of DS2 and paced ones only when named by --records)"
              .formatted(folder, records));
    }
    return records;
  }

  /**
   * The records to report on: those asked for; else all but those that the model has seen and the
   * paced ones.
   *
   * @throws IOException when one that is asked for is missing, or none is left
   */
  List<String> unseen(Collection<String> wanted, Collection<String> seen) throws IOException {
    if (!wanted.isEmpty()) {
      return chosen(wanted);
    }
    List<String> left =
        names.stream().filter(n -> !seen.contains(n) && !MitBih.PACED.contains(n)).toList();
    if (left.isEmpty()) {
      throw new IOException(
          folder
              + ": the model has seen all of these records in training: figures on them would tell"
              + " nothing of other patients; name some by --records to have them all the same");
    }
    return left;
  }

  private List<String> chosen(Collection<String> wanted) throws IOException {
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new NoSuchFileException(
            folder.toString(), null, "no record '" + name + "' in it; it has " + names);
      }
    }
    return List.copyOf(wanted);
  }

  /**
   * Which records each member of an ensemble leaves out: those of a group of DS1, and of others in
   * turn. No part is empty, so there may be fewer than asked for.
   */
  static List<List<String>> leftOut(List<String> records, int members) {
    List<List<String>> parts = new ArrayList<>();
    for (int m = 0; m < members; m++) {
      parts.add(new ArrayList<>());
    }
    int others = 0;
    for (String name : records) {
      int group = -1;
      for (int g = 0; g < GROUPS.size(); g++) {
        group = GROUPS.get(g).contains(name) ? g : group;
      }
      parts.get((group < 0 ? others++ : group) % members).add(name);
    }
    parts.removeIf(List::isEmpty);
    return parts;
  }
}
