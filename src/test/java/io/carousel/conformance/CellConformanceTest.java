package io.carousel.conformance;

import io.carousel.conformance.Twins.Twin;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One step of every cell on every device against the reference device, also wider than stacks are
 * tested with, with and without the operands that may be absent.
 */
class CellConformanceTest {
  private static final double TOLERANCE = 2e-6;

  /** n rows and H units. */
  private static final int[][] SHAPES = {{1, 1}, {3, 17}, {40, 128}, {2, 1100}, {0, 5}};

  /** A step forward and backward. */
  @FunctionalInterface
  private interface Step {
    void run(Twins twins, int n, int units, boolean all);
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DeviceProvider provider : Devices.providers()) {
      if (provider.name().equals("reference") || provider.whyUnavailable() != null) {
        continue;
      }
      add(tests, provider, "RNN", CellConformanceTest::rnn);
      add(tests, provider, "LSTM", CellConformanceTest::lstm);
      add(tests, provider, "GRU", CellConformanceTest::gru);
      add(tests, provider, "GRU, reset before", CellConformanceTest::gruResetBefore);
    }
    return tests.stream();
  }

  private static void add(
      List<DynamicTest> tests, DeviceProvider provider, String name, Step step) {
    for (int threads : new int[] {1, 3}) {
      tests.add(
          DynamicTest.dynamicTest(
              "%s, %d threads: %s".formatted(provider.name(), threads, name),
              () -> overShapes(provider, threads, step)));
    }
  }

  private static void overShapes(DeviceProvider provider, int threads, Step step) {
    try (Device reference = Devices.open("reference");
        Device device = provider.open(0, DeviceOptions.DEFAULT.withThreads(threads))) {
      for (int[] shape : SHAPES) {
        for (boolean all : new boolean[] {true, false}) {
          try (Twins twins = new Twins(reference, device, 17)) {
            step.run(twins, shape[0], shape[1], all);
          }
        }
      }
    }
  }

  private static void rnn(Twins twins, int n, int units, boolean all) {
    for (Activation f : new Activation[] {Activation.TANH, Activation.RELU}) {
      Twin gates = twins.reals(n, units);
      Twin bias = twins.reals(1, units);
      Twin h = twins.contiguous(n, units);
      Twin hPrev = twins.contiguous(n, units);
      Twin output = twins.reals(n, units);
      Twin dh = twins.reals(n, units);
      twins.run(
          TOLERANCE,
          (queue, s) -> {
            queue.rnnForward(
                f,
                gates.on(s),
                all ? bias.on(s) : null,
                h.on(s),
                all ? hPrev.on(s) : null,
                output.on(s));
            queue.rnnBackward(f, gates.on(s), all ? output.on(s) : null, dh.on(s));
          });
    }
  }

  private static void lstm(Twins twins, int n, int units, boolean all) {
    Twin gates = twins.reals(n, 4 * units, 5, -6, 6);
    Twin bias = twins.reals(1, 4 * units);
    Twin c = twins.contiguous(n, units);
    Twin cPrev = twins.reals(n, units);
    Twin h = twins.contiguous(n, units);
    Twin hPrev = twins.contiguous(n, units);
    Twin output = twins.reals(n, units);
    Twin dc = twins.contiguous(n, units);
    twins.run(
        TOLERANCE,
        (queue, s) ->
            queue.lstmForward(
                gates.on(s),
                all ? bias.on(s) : null,
                c.on(s),
                all ? cPrev.on(s) : null,
                all ? h.on(s) : null,
                all ? hPrev.on(s) : null,
                output.on(s)));
    twins.run(
        TOLERANCE,
        (queue, s) ->
            queue.lstmBackward(
                gates.on(s),
                cPrev.on(s),
                all ? output.on(s) : null,
                all ? h.on(s) : null,
                dc.on(s)));
  }

  private static void gru(Twins twins, int n, int units, boolean all) {
    Twin xGates = twins.reals(n, 3 * units, 1, -6, 6);
    Twin hGates = twins.contiguous(n, 3 * units);
    Twin bias = twins.reals(1, 4 * units);
    Twin h = twins.contiguous(n, units);
    Twin hPrev = twins.reals(n, units);
    Twin output = twins.reals(n, units);
    Twin dh = twins.contiguous(n, units);
    twins.run(
        TOLERANCE,
        (queue, s) ->
            queue.gruForward(
                xGates.on(s),
                hGates.on(s),
                all ? bias.on(s) : null,
                h.on(s),
                all ? hPrev.on(s) : null,
                output.on(s)));
    twins.run(
        TOLERANCE,
        (queue, s) ->
            queue.gruBackward(
                xGates.on(s), hGates.on(s), hPrev.on(s), all ? output.on(s) : null, dh.on(s)));
  }

  private static void gruResetBefore(Twins twins, int n, int units, boolean all) {
    Twin gates = twins.reals(n, 3 * units, 1, -6, 6);
    Twin bias = twins.reals(1, 4 * units);
    Twin h = twins.contiguous(n, units);
    Twin hPrev = twins.reals(n, units);
    Twin resetH = twins.reals(n, units);
    Twin output = twins.reals(n, units);
    Twin dh = twins.contiguous(n, units);
    twins.run(
        TOLERANCE,
        (queue, s) -> {
          queue.gruResetForward(gates.on(s), all ? bias.on(s) : null, h.on(s), resetH.on(s));
          queue.gruCandidateForward(
              gates.on(s),
              all ? bias.on(s) : null,
              h.on(s),
              all ? hPrev.on(s) : null,
              output.on(s));
        });
    twins.run(
        TOLERANCE,
        (queue, s) -> {
          queue.gruCandidateBackward(gates.on(s), hPrev.on(s), all ? output.on(s) : null, dh.on(s));
          queue.gruResetBackward(gates.on(s), resetH.on(s), hPrev.on(s), dh.on(s));
        });
  }
}
