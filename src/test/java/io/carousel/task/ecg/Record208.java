package io.carousel.task.ecg;

import io.carousel.TestData;
import io.carousel.data.ecg.AamiClass;
import io.carousel.data.ecg.WfdbAnnotation;
import io.carousel.data.ecg.WfdbRecord;
import java.io.IOException;
import java.util.List;

/** The annotated beats of the bundled excerpt, whose times count from its beginning. */
record Record208(List<WfdbAnnotation> beats) {
  static final int EXCERPT_START = 422_820;
  static final int EXCERPT_LENGTH = 108_000;

  /** The last minute, held back from fitting. */
  static final int TEST_START = 86_400;

  static Record208 require() throws IOException {
    return new Record208(
        WfdbRecord.open(TestData.require("mitdb-ds1").resolve("208.hea"))
            .annotations("atr")
            .stream()
            .filter(WfdbAnnotation::isBeat)
            .filter(beat -> beat.sample() >= EXCERPT_START)
            .filter(beat -> beat.sample() < EXCERPT_START + EXCERPT_LENGTH)
            .toList());
  }

  /** Those beats from {@code from} on that are of class N, V or F. */
  Record208 labelledFrom(int from) {
    return new Record208(
        beats.stream()
            .filter(beat -> beat.sample() - EXCERPT_START >= from)
            .filter(beat -> beat.aamiClass().stream().anyMatch(c -> c != AamiClass.Q))
            .toList());
  }

  int[] peaks() {
    return beats.stream().mapToInt(beat -> (int) beat.sample() - EXCERPT_START).toArray();
  }

  /** Whether each beat is of class V or F. */
  boolean[] abnormal() {
    boolean[] abnormal = new boolean[beats.size()];
    for (int i = 0; i < abnormal.length; i++) {
      abnormal[i] = beats.get(i).aamiClass().stream().noneMatch(AamiClass.N::equals);
    }
    return abnormal;
  }
}
