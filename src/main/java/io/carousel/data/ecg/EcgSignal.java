package io.carousel.data.ecg;

import io.carousel.data.Series;
import io.carousel.data.csv.CsvSeries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One lead out of a file.
 *
 * @param name of the lead
 * @param millivolts all samples
 * @param samplingRateHz samples per second, NaN where the file does not say
 */
@SuppressWarnings("ArrayRecordComponent")
public record EcgSignal(String name, float[] millivolts, double samplingRateHz) {
  /**
   * Reads a WFDB record ({@code .hea}) or a text file with separated columns.
   *
   * @param column name or number from 0; null for the only column, or for lead MLII or the first
   *     signal of a record
   * @throws IOException when the file is missing, damaged or holds anything but numbers
   * @throws IllegalArgumentException when there is no such column; lists those that exist
   */
  public static EcgSignal read(Path file, @Nullable String column) throws IOException {
    boolean record = file.toString().toLowerCase(Locale.ROOT).endsWith(".hea");
    return record ? wfdb(file, column) : csv(file, column);
  }

  private static EcgSignal wfdb(Path file, @Nullable String column) throws IOException {
    WfdbRecord record = WfdbRecord.open(file);
    List<String> names = record.header().signals().stream().map(s -> s.description()).toList();
    if (names.isEmpty()) {
      throw new WfdbException(file, "the record has no signals");
    }
    int signal = column == null ? Math.max(0, names.indexOf("MLII")) : number(file, names, column);
    if (record.sampleCount() > Integer.MAX_VALUE) {
      throw new IOException(file + ": " + record.sampleCount() + " samples are too many");
    }
    float[] millivolts = record.amplitudesMillivolts(signal, 0, record.sampleCount());
    for (int i = 0; i < millivolts.length; i++) {
      if (Float.isNaN(millivolts[i])) {
        throw new IOException(
            "%s: sample %d of signal '%s' is marked as invalid; cut it out"
                .formatted(file, i, names.get(signal)));
      }
    }
    return new EcgSignal(names.get(signal), millivolts, record.samplingRateHz());
  }

  private static int number(Path file, List<String> names, String column) {
    int named = names.indexOf(column);
    if (named >= 0) {
      return named;
    }
    if (column.matches("\\d{1,6}") && Integer.parseInt(column) < names.size()) {
      return Integer.parseInt(column);
    }
    throw new IllegalArgumentException(
        "%s: no signal '%s'; it has %s, numbered from 0".formatted(file, column, names));
  }

  private static EcgSignal csv(Path file, @Nullable String column) throws IOException {
    CsvSeries table = CsvSeries.read(file);
    if (column == null && table.columnNames().size() > 1) {
      throw new IllegalArgumentException(
          "%s has the columns %s: choose a column".formatted(file, table.columnNames()));
    }
    Series series = column == null ? table.column(0) : table.column(column);
    return new EcgSignal(series.name(), series.values(), Double.NaN);
  }
}
