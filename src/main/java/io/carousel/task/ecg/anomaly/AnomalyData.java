package io.carousel.task.ecg.anomaly;

import io.carousel.data.ecg.UcrFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of ECG5000 in a folder: {@code *_TRAIN} and {@code *_TEST}, .txt or .tsv, also .gz. */
final class AnomalyData {
  private static final String ENDING = "_(TRAIN|TEST)(\\.(txt|tsv))?(\\.gz)?";

  private AnomalyData() {}

  /**
   * The file to learn from: the folder's TRAIN file.
   *
   * @throws IOException when there is none or more than one
   */
  static UcrFile training(Path folder) throws IOException {
    List<Path> files =
        files(folder).stream().filter(f -> f.getFileName().toString().contains("_TRAIN")).toList();
    if (files.size() != 1) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "expected one file such as ECG5000_TRAIN.txt in it, found "
              + (files.isEmpty() ? "none" : files));
    }
    return UcrFile.read(files.get(0));
  }

  /** All files, in the order of their names. */
  static List<UcrFile> all(Path folder) throws IOException {
    List<UcrFile> all = new ArrayList<>();
    for (Path file : files(folder)) {
      all.add(UcrFile.read(file));
    }
    return all;
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder");
    }
    List<Path> files = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (Path file : entries) {
        if (file.getFileName().toString().matches(".+" + ENDING)) {
          files.add(file);
        }
      }
    }
    if (files.isEmpty()) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "no file of the UCR archive in it, such as ECG5000_TRAIN.txt or ECG5000_TEST.tsv");
    }
    files.sort(null);
    return files;
  }
}
