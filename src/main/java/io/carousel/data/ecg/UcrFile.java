package io.carousel.data.ecg;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A file of the UCR time series archive (Dau et al., 2018): each line a class, then the values of a
 * series, between blanks, tabs or commas. Names that end in {@code .gz} are unpacked on the way.
 *
 * @param file it was read from
 * @param labels one class per series
 * @param series values [length], all of one length
 */
public record UcrFile(Path file, int[] labels, List<float[]> series) {
  /** Copies the list. */
  public UcrFile {
    series = List.copyOf(series);
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read, is empty, or a line is not as the first one; names
   *     file and line
   */
  public static UcrFile read(Path file) throws IOException {
    List<Integer> labels = new ArrayList<>();
    List<float[]> series = new ArrayList<>();
    try (InputStream bytes = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          double[] values = values(file, number, line);
          labels.add(label(file, number, values[0]));
          float[] row = new float[values.length - 1];
          for (int i = 0; i < row.length; i++) {
            row[i] = (float) values[i + 1];
          }
          if (!series.isEmpty() && series.get(0).length != row.length) {
            throw wrong(
                file, number, row.length + " values, " + series.get(0).length + " before it");
          }
          series.add(row);
        }
      }
    }
    if (series.isEmpty()) {
      throw new IOException(file + ": no series in it");
    }
    return new UcrFile(file, labels.stream().mapToInt(Integer::intValue).toArray(), series);
  }

  private static double[] values(Path file, int number, String line) throws IOException {
    String[] words = line.strip().split("[\\s,]+", -1);
    double[] values = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        values[i] = Double.parseDouble(words[i]);
      } catch (NumberFormatException e) {
        throw wrong(file, number, "'" + words[i] + "' is no number");
      }
      if (!Double.isFinite(values[i])) {
        throw wrong(file, number, words[i] + " is no measurement");
      }
    }
    if (values.length < 2) {
      throw wrong(file, number, "a class and at least one value are expected");
    }
    return values;
  }

  private static int label(Path file, int number, double value) throws IOException {
    if (value != Math.rint(value) || Math.abs(value) > 1e6) {
      throw wrong(file, number, "the class " + value + " is no whole number");
    }
    return (int) value;
  }

  private static IOException wrong(Path file, int line, String what) {
    return new IOException(file + ", line " + line + ": " + what);
  }

  /** Number of series. */
  public int size() {
    return labels.length;
  }

  /** Values per series. */
  public int length() {
    return series.get(0).length;
  }

  /** A number that changes with any label or value: tells whether two files hold the same. */
  public long fingerprint() {
    long hash = Arrays.hashCode(labels);
    for (float[] row : series) {
      for (float value : row) {
        hash = hash * 0x100000001b3L ^ Float.floatToIntBits(value);
      }
    }
    return hash;
  }
}
