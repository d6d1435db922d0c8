package peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares what the workers compute in one workload with the first of them. */
final class CrossCheck {
  static final String CSV_HEADER = "workload,tensor,peer,threads,max_abs_diff,max_abs_ref";

  /** Largest difference, as a share of the largest element. */
  private static final double TOLERANCE = 1e-4;

  private final Workload workload;
  private final Map<String, float[]> references = new HashMap<>();
  private final List<String> csv = new ArrayList<>();

  CrossCheck(Workload workload) {
    this.workload = workload;
  }

  /** Reads a tensor that a worker has written, removes the file and compares. */
  void add(WorkerProcess worker, String tensor, Path file) throws IOException {
    FloatBuffer floats =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    Files.delete(file);
    float[] values = new float[floats.remaining()];
    floats.get(values);
    float[] reference = references.putIfAbsent(tensor, values);
    if (reference == null) {
      return;
    }
    double most = 0;
    for (float r : reference) {
      most = Math.max(most, Math.abs(r));
    }
    double difference = difference(values, reference);
    csv.add(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%d,%.3g,%.3g",
            workload.name(),
            tensor,
            worker.peer().name(),
            worker.threads(),
            difference,
            most));
  }

  /** The largest difference; NaN where there is one, or another number of elements. */
  private static double difference(float[] values, float[] reference) {
    if (values.length != reference.length) {
      return Double.NaN;
    }
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(values[i] - reference[i])); // NaN stays
    }
    return largest;
  }

  /** A line for each comparison. */
  List<String> csv() {
    return csv;
  }

  /** Of such lines those of differences above the tolerance, for people. */
  static List<String> failures(List<String> csv) {
    return csv.stream()
        .map(line -> line.split(","))
        .filter(f -> !(Double.parseDouble(f[4]) <= TOLERANCE * Double.parseDouble(f[5])))
        .map(
            f ->
                "CHECK %s %s %s/%s: max abs diff %s (max |ref| %s)"
                    .formatted(f[0], f[1], f[2], f[3], f[4], f[5]))
        .toList();
  }
}
