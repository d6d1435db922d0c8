package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.TestDevices;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.GruVariant;
import io.carousel.device.LstmVariant;
import io.carousel.device.Products;
import io.carousel.device.SomeActivations;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every queue operation on every device at hand against the reference device, at odd sizes and on
 * strided views.
 */
class OperationConformanceTest {
  private static final double TOLERANCE = 2e-5;
  private static final int[][] SIZES = {
    {1, 1}, {3, 17}, {5, 33}, {64, 130}, {300, 7}, {1500, 40}, {2, 1100}, {0, 4}
  };

  static List<OperationCase> cases() {
    List<OperationCase> cases = new ArrayList<>();
    for (int[] size : SIZES) {
      int n = size[0];
      int h = size[1];
      elementwise(cases, n, h);
      cells(cases, n, h);
      if (n * h < 3_000) {
        cases.addAll(CellVariantCases.of(n, h));
      }
      losses(cases, n, h);
      AttentionCases.maskedSoftmax(cases, n, h);
      if (n > 0) {
        optimizers(cases, n, h);
      }
    }
    cases.addAll(products());
    return cases;
  }

  private static List<OperationCase> products() {
    List<OperationCase> cases = new ArrayList<>();
    int[][] shapes = {
      {1, 1, 1},
      {3, 5, 7},
      {32, 96, 40},
      {1, 200, 64},
      {200, 1, 33},
      {65, 130, 300},
      {4, 3, 0},
      {0, 3, 2},
      {17, 400, 9}
    };
    for (int[] s : shapes) {
      for (int variant = 0; variant < 4; variant++) {
        boolean ta = variant % 2 == 1;
        boolean tb = variant / 2 == 1;
        for (double beta : new double[] {0, 1, -0.5}) {
          cases.add(
              new OperationCase(
                      "gemm %s %s %s beta %s".formatted(List.of(s[0], s[1], s[2]), ta, tb, beta),
                      (q, m) -> q.gemm(ta, tb, 0.7, m.get(0), m.get(1), beta, m.get(2)))
                  .reals(ta ? s[2] : s[0], ta ? s[0] : s[2], 1)
                  .reals(tb ? s[1] : s[2], tb ? s[2] : s[1], 1)
                  .reals(s[0], s[1], 1));
        }
      }
    }
    AttentionCases.batchedProducts(cases);
    return cases;
  }

  private static void elementwise(List<OperationCase> cases, int n, int h) {
    String of = " [" + n + ", " + h + "]";
    cases.add(
        new OperationCase("copy" + of, (q, m) -> q.copy(m.get(0), m.get(1)))
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(new OperationCase("fill" + of, (q, m) -> q.fill(m.get(0), 2.5)).reals(n, h, 1));
    cases.add(
        new OperationCase("addBias" + of, (q, m) -> q.addBias(m.get(0), m.get(1)))
            .reals(n, h, 1)
            .reals(1, h, 1));
    for (double beta : new double[] {0, 1}) {
      cases.add(
          new OperationCase("sumRows " + beta + of, (q, m) -> q.sumRows(m.get(0), beta, m.get(1)))
              .reals(n, h, 1)
              .reals(1, h, 1));
    }
    cases.add(
        new OperationCase("axpy" + of, (q, m) -> q.axpy(-1.5, m.get(0), m.get(1)))
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(new OperationCase("scale" + of, (q, m) -> q.scale(-3, m.get(0))).reals(n, h, 1));
    cases.add(
        new OperationCase(
                "multiply" + of,
                (q, m) -> {
                  q.multiply(m.get(0), m.get(1), m.get(2));
                  q.multiply(m.get(2), m.get(1), m.get(2));
                })
            .reals(n, h, 2)
            .reals(n, h, 2)
            .reals(n, h, 2));
    for (Activation f : SomeActivations.clippedToo(2)) {
      cases.add(
          new OperationCase(
                  f + of,
                  (q, m) -> {
                    q.activationForward(f, m.get(0), m.get(1));
                    q.activationBackward(f, m.get(1), m.get(2), m.get(2));
                    q.activationForward(f, m.get(0), m.get(0));
                  })
              .reals(n, h, 6)
              .reals(n, h, 1)
              .reals(n, h, 1));
    }
    cases.add(
        new OperationCase(
                "dropout" + of,
                (q, m) -> {
                  q.dropout(0.4, 99, m.get(0), m.get(1), m.get(2), m.get(3));
                  q.dropout(0.2, 98, m.get(0), null, m.get(3), m.get(3));
                })
            .integers(1, 1, 0, 1000)
            .integers(2, n, 0, 1000)
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(
        new OperationCase("gatherRows" + of, (q, m) -> q.gatherRows(m.get(0), m.get(1), m.get(2)))
            .reals(9, h, 1)
            .integers(1, n, -2, 9)
            .reals(n, h, 1));
    cases.add(
        new OperationCase(
                "scatterAddRows" + of, (q, m) -> q.scatterAddRows(m.get(0), m.get(1), m.get(2)))
            .reals(n, h, 1)
            .integers(1, n, -2, 9)
            .reals(9, h, 1));
    cases.add(
        new OperationCase("squaredNorm" + of, (q, m) -> q.squaredNorm(m.get(0), m.get(1)))
            .reals(n, h, 1)
            .reals(1, 1, 1));
    cases.add(new OperationCase("clamp" + of, (q, m) -> q.clamp(m.get(0), 0.3)).reals(n, h, 1));
  }

  private static void cells(List<OperationCase> cases, int n, int h) {
    String of = " [" + n + ", " + h + "]";
    for (Activation f : SomeActivations.clippedToo(2)) {
      cases.add(
          new OperationCase(
                  "rnn " + f + of,
                  (q, m) -> {
                    q.rnnForward(f, m.get(0), m.get(1), m.get(2), m.get(3), m.get(4));
                    q.rnnBackward(f, m.get(0), m.get(4), m.get(5));
                  })
              .reals(n, h, 3)
              .reals(1, h, 1)
              .reals(n, h, 1)
              .reals(n, h, 1)
              .reals(n, h, 1)
              .reals(n, h, 1));
    }
    cases.add(
        new OperationCase(
                "lstm" + of,
                (q, m) -> {
                  q.lstmForward(
                      LstmVariant.STANDARD,
                      m.get(0),
                      m.get(1),
                      m.get(2),
                      m.get(3),
                      m.get(4),
                      m.get(5),
                      m.get(6));
                  q.lstmBackward(
                      LstmVariant.STANDARD, m.get(0), m.get(3), m.get(7), m.get(8), m.get(9), null);
                })
            .reals(n, 4 * h, 3)
            .reals(1, 4 * h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(
        new OperationCase(
                "lstm, little given" + of,
                (q, m) -> {
                  q.lstmForward(
                      LstmVariant.STANDARD, m.get(0), null, m.get(1), null, null, null, m.get(2));
                  q.lstmBackward(
                      LstmVariant.STANDARD, m.get(0), m.get(1), null, null, m.get(3), null);
                })
            .reals(n, 4 * h, 3)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(
        new OperationCase(
                "gru" + of,
                (q, m) -> {
                  q.gruForward(
                      GruVariant.STANDARD,
                      m.get(0),
                      m.get(1),
                      m.get(2),
                      m.get(3),
                      m.get(4),
                      m.get(5));
                  q.gruBackward(
                      GruVariant.STANDARD, m.get(0), m.get(1), m.get(4), m.get(6), m.get(7));
                })
            .reals(n, 3 * h, 3)
            .reals(n, 3 * h, 3)
            .reals(1, 4 * h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1));
    cases.add(
        new OperationCase(
                "gru, reset before" + of,
                (q, m) -> {
                  q.gruResetForward(GruVariant.STANDARD, m.get(0), m.get(1), m.get(2), m.get(3));
                  q.gruCandidateForward(
                      GruVariant.STANDARD, m.get(0), m.get(1), m.get(2), m.get(4), m.get(5));
                  q.gruCandidateBackward(
                      GruVariant.STANDARD, m.get(0), m.get(4), m.get(6), m.get(7));
                  q.gruResetBackward(GruVariant.STANDARD, m.get(0), m.get(3), m.get(4), m.get(7));
                })
            .reals(n, 3 * h, 3)
            .reals(1, 4 * h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1)
            .reals(n, h, 1));
  }

  private static void losses(List<OperationCase> cases, int n, int h) {
    String of = " [" + n + ", " + h + "]";
    for (double smoothing : new double[] {0, 0.1, 1}) {
      cases.add(
          new OperationCase(
                  "softmaxCrossEntropy, smoothing " + smoothing + of,
                  (q, m) -> {
                    q.softmaxCrossEntropy(m.get(0), m.get(1), m.get(2), smoothing, null, m.get(3));
                    q.softmaxCrossEntropy(
                        m.get(0), m.get(1), m.get(2), smoothing, m.get(0), m.get(3));
                  })
              .reals(n, h, 9)
              .integers(1, n, 0, h)
              .fractions(1, n)
              .reals(1, 1, 1));
    }
    cases.add(
        new OperationCase(
                "logisticLoss" + of,
                (q, m) -> q.logisticLoss(m.get(0), m.get(1), m.get(2), 2.5, m.get(3), m.get(4)))
            .reals(n, h, 9)
            .fractions(n, h)
            .fractions(1, n)
            .reals(n, h, 1)
            .reals(1, 1, 1));
    cases.add(
        new OperationCase(
                "squaredError" + of,
                (q, m) -> q.squaredError(m.get(0), m.get(1), m.get(2), m.get(3), m.get(4)))
            .reals(n, h, 2)
            .reals(n, h, 2)
            .fractions(1, n)
            .reals(n, h, 1)
            .reals(1, 1, 1));
  }

  private static void optimizers(List<OperationCase> cases, int n, int h) {
    List<UpdateRule> rules =
        List.of(
            new UpdateRule.Sgd(0.1, 0, false, 0.01, true),
            new UpdateRule.Sgd(0.1, 0.9, false, 0, true),
            new UpdateRule.Sgd(0.1, 0.9, true, 0.01, false),
            new UpdateRule.Adam(0.01, 0.9, 0.999, 1e-3, 0.01, false, 3),
            new UpdateRule.Adam(0.01, 0.9, 0.999, 1e-3, 0.01, true, 1),
            new UpdateRule.RmsProp(0.01, 0.99, 1e-3, 0, 0.01),
            new UpdateRule.RmsProp(0.01, 0.99, 1e-3, 0.9, 0),
            new UpdateRule.Adagrad(0.01, 1e-3, 0.01));
    for (UpdateRule rule : rules) {
      cases.add(
          new OperationCase(
                  rule + " [" + n + ", " + h + "]",
                  (q, m) -> {
                    q.multiply(m.get(2), m.get(2), m.get(2)); // running squares are not negative
                    q.multiply(m.get(3), m.get(3), m.get(3));
                    q.clipCoefficient(m.get(4), 0.5, m.get(5));
                    q.update(
                        rule,
                        List.of(new UpdateTarget(m.get(0), m.get(1), m.get(2), m.get(3))),
                        m.get(5));
                  })
              .contiguous(n, h, 1)
              .contiguous(n, h, 1)
              .contiguous(n, h, 1)
              .contiguous(n, h, 1)
              .fractions(1, 1)
              .reals(1, 1, 1));
    }
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : Devices.providers()) {
      if (provider.name().equals("reference") || provider.whyUnavailable() != null) {
        continue;
      }
      for (int threads : TestDevices.threadCounts(provider)) {
        String where = provider.name() + ", " + threads + " threads";
        tests.add(DynamicTest.dynamicTest(where, () -> compare(provider, threads)));
      }
    }
    return tests.stream();
  }

  static void compare(DeviceProvider provider, int threads) {
    try (Device reference = Devices.open("reference");
        Device device = provider.open(0, DeviceOptions.DEFAULT.withThreads(threads))) {
      compare(reference, device, cases(), Products.FASTEST);
      compare(reference, device, products(), Products.ROW_INVARIANT);
    }
  }

  private static void compare(
      Device reference, Device device, List<OperationCase> cases, Products products) {
    for (OperationCase c : cases) {
      Map<String, double[]> expected = c.run(reference);
      Map<String, double[]> got = c.run(device, products);
      expected.forEach(
          (operand, truth) -> {
            double[] values = got.get(operand);
            for (int i = 0; i < truth.length; i++) {
              String where = products + ", " + c.name + ", " + operand + ", " + i;
              assertEquals(truth[i], values[i], TOLERANCE * Math.max(1, Math.abs(truth[i])), where);
            }
          });
    }
  }
}
