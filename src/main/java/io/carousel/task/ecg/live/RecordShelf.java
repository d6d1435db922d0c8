package io.carousel.task.ecg.live;

import io.carousel.data.ecg.BundledEcg;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The bundled record, and the latest that were sent. Uploads are found by whoever knows their
 * random id, and give way to newer ones. Thread-safe.
 */
final class RecordShelf {
  static final String BUNDLED = "bundled";
  static final int UPLOADS = 8;

  private final ReplayRecord bundled;
  private final Deque<ReplayRecord> uploads = new ArrayDeque<>();
  private final SecureRandom random = new SecureRandom();

  RecordShelf() {
    BundledEcg ecg = BundledEcg.load();
    bundled =
        new ReplayRecord(
            BUNDLED, "MIT-BIH 208, five minutes", ecg.samplesMillivolts(), ecg.samplingRateHz());
  }

  ReplayRecord bundled() {
    return bundled;
  }

  /** Keeps an upload under a new id. */
  synchronized ReplayRecord add(String name, float[] millivolts, double samplingRateHz) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    ReplayRecord record =
        new ReplayRecord(HexFormat.of().formatHex(bytes), name, millivolts, samplingRateHz);
    uploads.addLast(record);
    if (uploads.size() > UPLOADS) {
      uploads.removeFirst();
    }
    return record;
  }

  synchronized Optional<ReplayRecord> find(String id) {
    if (id.equals(BUNDLED)) {
      return Optional.of(bundled);
    }
    return uploads.stream().filter(record -> record.id().equals(id)).findFirst();
  }
}
