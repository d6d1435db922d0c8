package io.carousel.conformance;

import io.carousel.conformance.Twins.Twin;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.Philox;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every queue operation but the cells (see {@link StackConformanceTest}) on every device against
 * the reference device: thin, wide, empty and large operands, with gaps between their rows.
 */
class OperationConformanceTest {
  /** Rows and columns. */
  private static final int[][] SHAPES = {
    {1, 1}, {0, 4}, {3, 17}, {300, 7}, {65, 128}, {5, 1500}, {200, 150}
  };

  /** An operation on operands of a shape. */
  @FunctionalInterface
  private interface Case {
    void run(Twins twins, int rows, int columns);
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : Devices.providers()) {
      if (provider.name().equals("reference") || provider.whyUnavailable() != null) {
        continue;
      }
      add(tests, provider, "copy and fill", OperationConformanceTest::copyAndFill);
      add(tests, provider, "arithmetic", OperationConformanceTest::arithmetic);
      add(tests, provider, "activations", OperationConformanceTest::activations);
      add(tests, provider, "sums", OperationConformanceTest::sums);
      add(tests, provider, "dropout", OperationConformanceTest::dropout);
      add(tests, provider, "rows", OperationConformanceTest::rowSelection);
      add(tests, provider, "softmax cross-entropy", OperationConformanceTest::softmax);
      add(tests, provider, "logistic loss, squared error", OperationConformanceTest::losses);
      add(tests, provider, "updates", OperationConformanceTest::updates);
    }
    return tests.stream();
  }

  private static void add(
      List<DynamicTest> tests, DeviceProvider provider, String name, Case operation) {
    for (int threads : new int[] {1, 3}) {
      tests.add(
          DynamicTest.dynamicTest(
              "%s, %d threads: %s".formatted(provider.name(), threads, name),
              () -> overShapes(provider, threads, operation)));
    }
  }

  private static void overShapes(DeviceProvider provider, int threads, Case operation) {
    try (Device reference = Devices.open("reference");
        Device device = provider.open(0, DeviceOptions.DEFAULT.withThreads(threads))) {
      for (int[] shape : SHAPES) {
        try (Twins twins = new Twins(reference, device, 5)) {
          operation.run(twins, shape[0], shape[1]);
        }
      }
    }
  }

  private static void copyAndFill(Twins twins, int rows, int columns) {
    Twin a = twins.reals(rows, columns);
    Twin b = twins.contiguous(rows, columns);
    twins.run(0, (queue, s) -> queue.copy(a.on(s), b.on(s)));
    twins.run(0, (queue, s) -> queue.fill(a.on(s), -2.5));
    twins.run(0, (queue, s) -> queue.fill(b.on(s), Double.NaN));
    Twin ids = twins.integers(rows, columns, i -> 3 * i - 4);
    Twin copy = twins.integers(rows, columns, i -> 0);
    Twin numbers = twins.contiguous(rows, columns);
    twins.run(
        0,
        (queue, s) -> {
          queue.copy(ids.on(s), copy.on(s));
          queue.fill(ids.on(s), 7);
          int[] host = new int[rows * columns];
          double[] asReals = new double[host.length];
          queue.download(copy.on(s), host, 0);
          for (int i = 0; i < host.length; i++) {
            asReals[i] = host[i];
          }
          queue.upload(asReals, 0, numbers.on(s));
        });
  }

  private static void arithmetic(Twins twins, int rows, int columns) {
    Twin x = twins.reals(rows, columns);
    Twin y = twins.reals(rows, columns);
    Twin z = twins.contiguous(rows, columns);
    Twin bias = twins.reals(1, columns);
    twins.run(1e-6, (queue, s) -> queue.addBias(x.on(s), bias.on(s)));
    twins.run(1e-6, (queue, s) -> queue.axpy(-0.75, x.on(s), y.on(s)));
    twins.run(1e-6, (queue, s) -> queue.scale(1.5, z.on(s)));
    twins.run(1e-6, (queue, s) -> queue.multiply(x.on(s), y.on(s), z.on(s)));
    twins.run(1e-6, (queue, s) -> queue.multiply(x.on(s), z.on(s), x.on(s)));
    twins.run(1e-6, (queue, s) -> queue.clamp(y.on(s), 0.25));
  }

  private static void activations(Twins twins, int rows, int columns) {
    for (Activation f : Activation.values()) {
      Twin x = twins.reals(rows, columns, 2, -9, 9);
      Twin y = twins.contiguous(rows, columns);
      Twin dY = twins.reals(rows, columns);
      Twin dX = twins.reals(rows, columns);
      twins.run(1e-6, (queue, s) -> queue.activationForward(f, x.on(s), y.on(s)));
      twins.run(2e-6, (queue, s) -> queue.activationBackward(f, y.on(s), dY.on(s), dX.on(s)));
      twins.run(1e-6, (queue, s) -> queue.activationForward(f, x.on(s), x.on(s)));
    }
  }

  private static void sums(Twins twins, int rows, int columns) {
    Twin x = twins.reals(rows, columns);
    Twin row = twins.reals(1, columns);
    Twin sum = twins.contiguous(1, 1);
    Twin coefficient = twins.contiguous(1, 1);
    twins.run(1e-5, (queue, s) -> queue.sumRows(x.on(s), 1, row.on(s)));
    twins.run(1e-5, (queue, s) -> queue.sumRows(x.on(s), 0, row.on(s)));
    twins.run(1e-5, (queue, s) -> queue.fill(sum.on(s), 0.5));
    twins.run(1e-5, (queue, s) -> queue.squaredNorm(x.on(s), sum.on(s)));
    twins.run(1e-5, (queue, s) -> queue.clipCoefficient(sum.on(s), 0.7, coefficient.on(s)));
  }

  private static void dropout(Twins twins, int rows, int columns) {
    Twin x = twins.reals(rows, columns);
    Twin y = twins.contiguous(rows, columns);
    Twin draw = twins.integers(1, 1, i -> 12);
    Twin ids = twins.integers(2, rows, i -> i * 31 % 17);
    long key = Philox.key(3, "dropout/test");
    twins.run(1e-6, (queue, s) -> queue.dropout(0.4, key, draw.on(s), null, x.on(s), y.on(s)));
    twins.run(1e-6, (queue, s) -> queue.dropout(0.4, key, draw.on(s), ids.on(s), x.on(s), x.on(s)));
  }

  private static void rowSelection(Twins twins, int rows, int columns) {
    Twin table = twins.reals(11, columns);
    Twin out = twins.reals(rows, columns);
    Twin ids = twins.integers(1, rows, i -> i * 7 % 13 - 2);
    twins.run(0, (queue, s) -> queue.gatherRows(table.on(s), ids.on(s), out.on(s)));
    Twin added = twins.reals(rows, columns);
    twins.run(1e-5, (queue, s) -> queue.scatterAddRows(added.on(s), ids.on(s), table.on(s)));
  }

  private static void softmax(Twins twins, int rows, int columns) {
    Twin logits = twins.reals(rows, columns, 1, -8, 8);
    Twin labels = twins.integers(1, rows, i -> i % columns);
    Twin weights = twins.reals(1, rows, 0, 0, 0.1);
    Twin loss = twins.contiguous(1, 1);
    Twin gradient = twins.reals(rows, columns);
    if (rows > 2) {
      twins.run(0, (queue, s) -> queue.fill(weights.columns(1, 2).on(s), 0));
    }
    twins.run(
        1e-5,
        (queue, s) ->
            queue.softmaxCrossEntropy(
                logits.on(s), labels.on(s), weights.on(s), gradient.on(s), loss.on(s)));
    twins.run(
        1e-5,
        (queue, s) ->
            queue.softmaxCrossEntropy(logits.on(s), labels.on(s), weights.on(s), null, loss.on(s)));
    twins.run(
        1e-5,
        (queue, s) ->
            queue.softmaxCrossEntropy(
                logits.on(s), labels.on(s), weights.on(s), logits.on(s), loss.on(s)));
  }

  private static void losses(Twins twins, int rows, int columns) {
    Twin x = twins.reals(rows, columns, 1, -30, 30);
    Twin targets = twins.reals(rows, columns, 2, 0, 1);
    Twin weights = twins.reals(1, rows, 0, 0, 0.01);
    Twin loss = twins.contiguous(1, 1);
    Twin gradient = twins.reals(rows, columns);
    if (rows > 2) {
      twins.run(0, (queue, s) -> queue.fill(weights.columns(1, 2).on(s), 0));
    }
    twins.run(
        1e-5,
        (queue, s) ->
            queue.logisticLoss(
                x.on(s), targets.on(s), weights.on(s), 2.5, gradient.on(s), loss.on(s)));
    twins.run(
        1e-5,
        (queue, s) ->
            queue.squaredError(x.on(s), targets.on(s), weights.on(s), gradient.on(s), loss.on(s)));
    twins.run(
        1e-5,
        (queue, s) -> queue.squaredError(x.on(s), targets.on(s), weights.on(s), null, loss.on(s)));
    twins.run(
        1e-5,
        (queue, s) ->
            queue.logisticLoss(x.on(s), targets.on(s), weights.on(s), 1, x.on(s), loss.on(s)));
  }

  private static void updates(Twins twins, int rows, int columns) {
    List<UpdateRule> rules =
        List.of(
            new UpdateRule.Sgd(0.1, 0, false, 0.01, false),
            new UpdateRule.Sgd(0.1, 0.9, false, 0, true),
            new UpdateRule.Sgd(0.1, 0.9, true, 0.01, false),
            new UpdateRule.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, false, 3),
            new UpdateRule.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 1),
            new UpdateRule.RmsProp(0.01, 0.99, 1e-8, 0, 0.1),
            new UpdateRule.RmsProp(0.01, 0.99, 1e-8, 0.9, 0),
            new UpdateRule.Adagrad(0.01, 1e-10, 0.1));
    for (UpdateRule rule : rules) {
      Twin value = twins.contiguous(rows, columns);
      Twin gradient = twins.contiguous(rows, columns);
      Twin first = twins.reals(rows, columns, 0, 0.1, 1);
      Twin second = twins.reals(rows, columns, 0, 0.1, 1);
      Twin scale = twins.reals(1, 1, 0, 0.3, 0.6);
      twins.run(
          1e-5,
          (queue, s) ->
              queue.update(
                  rule,
                  List.of(new UpdateTarget(value.on(s), gradient.on(s), first.on(s), second.on(s))),
                  scale.on(s)));
    }
  }
}
