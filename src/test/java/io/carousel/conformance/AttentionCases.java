package io.carousel.conformance;

import io.carousel.device.MatrixBatch;
import java.util.List;

/** The operations of attention. */
final class AttentionCases {
  private AttentionCases() {}

  /** Rows of all lengths, apart and in place. */
  static void maskedSoftmax(List<OperationCase> cases, int n, int h) {
    String of = " [" + n + ", " + h + "]";
    cases.add(
        new OperationCase(
                "maskedSoftmax" + of,
                (q, m) -> {
                  q.maskedSoftmaxForward(m.get(0), m.get(1), m.get(2));
                  q.maskedSoftmaxBackward(m.get(2), m.get(1), m.get(3), m.get(4));
                  q.maskedSoftmaxBackward(m.get(2), m.get(1), m.get(3), m.get(3));
                  q.maskedSoftmaxForward(m.get(0), m.get(1), m.get(0));
                })
            .reals(n, h, 9)
            .integers(1, n, 0, h + 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1));
  }

  /** One after the other and time-major, transposed and not, with and without old contents. */
  static void batchedProducts(List<OperationCase> cases) {
    int[][] shapes = {{1, 1, 1, 1}, {3, 5, 7, 9}, {33, 20, 17, 40}, {2, 3, 4, 0}, {4, 1, 9, 64}};
    for (int[] s : shapes) {
      for (boolean timeMajor : new boolean[] {false, true}) {
        for (boolean ta : new boolean[] {false, true}) {
          for (boolean tb : new boolean[] {false, true}) {
            cases.add(product(s[0], s[1], s[2], s[3], timeMajor, ta, tb));
          }
        }
      }
    }
  }

  private static OperationCase product(
      int count, int m, int n, int k, boolean timeMajor, boolean ta, boolean tb) {
    String name =
        "gemmStridedBatched %d × [%d, %d, %d]%s %s %s"
            .formatted(count, m, n, k, timeMajor ? " time-major" : "", ta, tb);
    return new OperationCase(
            name,
            (q, x) -> {
              MatrixBatch[] batch = new MatrixBatch[3];
              for (int i = 0; i < 3; i++) {
                batch[i] =
                    timeMajor
                        ? MatrixBatch.timeMajor(x.get(i), count)
                        : MatrixBatch.blocks(x.get(i), count);
              }
              q.gemmStridedBatched(ta, tb, 0.7, batch[0], batch[1], -0.5, batch[2]);
              q.gemmStridedBatched(ta, tb, 1, batch[0], batch[1], 0, batch[2]);
              q.gemmStridedBatched(ta, tb, 1, batch[0], batch[1], 1, batch[2]);
            })
        .reals(count * (ta ? k : m), ta ? m : k, 1)
        .reals(count * (tb ? n : k), tb ? k : n, 1)
        .reals(count * m, n, 1);
  }
}
