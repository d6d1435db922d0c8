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
import java.util.Map;

/** Compares what the workers compute in one workload with the first of them. */
final class CrossCheck {
  static final String CSV_HEADER = "workload,tensor,peer,threads,max_abs_diff,max_abs_ref\n";

  /** Largest difference, as a share of the largest element. */
  private static final double TOLERANCE = 1e-4;

  private final Workload workload;
  private final Map<String, float[]> references = new HashMap<>();
  private final StringBuilder csv = new StringBuilder();
  private final List<String> failures = new ArrayList<>();

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
    csv.append(
        String.format(
            "%s,%s,%s,%d,%.3g,%.3g%n",
            workload.name(), tensor, worker.peer().name(), worker.threads(), difference, most));
    if (!(difference <= TOLERANCE * most)) {
      failures.add(
          String.format(
              "CHECK %s %s %s: max abs diff %.3g (max |ref| %.3g)",
              workload.name(), tensor, worker.id(), difference, most));
    }
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
  String csv() {
    return csv.toString();
  }

  /** A line for each difference above the tolerance. */
  List<String> failures() {
    return failures;
  }
}
