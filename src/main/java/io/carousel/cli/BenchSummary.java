package io.carousel.cli;

import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.BenchShape;
import io.carousel.cli.bench.Cost;
import io.carousel.cli.bench.Durations;
import io.carousel.device.Devices;
import java.io.PrintWriter;
import java.util.Locale;

/** What the benchmark of one case found, for people. */
final class BenchSummary {
  private BenchSummary() {}

  /** Prints five lines. */
  static void print(
      BenchCase what, BenchResult result, Devices.Selection selection, PrintWriter out) {
    out.println(DeviceArguments.line(selection));
    BenchShape shape = what.shape();
    out.printf(
        Locale.ROOT,
        "%s %s, T=%d B=%d I=%d H=%d, %d layer(s), %d direction(s), %s, plan %s%s%s%n",
        BenchJson.word(what.mode()),
        BenchJson.word(what.cell()),
        shape.steps(),
        shape.batchSize(),
        shape.inputSize(),
        shape.hiddenSize(),
        shape.layers(),
        what.directions(),
        BenchJson.word(what.precision()),
        result.kernel(),
        result.whyNotFused() == null ? "" : " (" + result.whyNotFused() + ")",
        what.mode().isTraining() ? ", launch " + result.launch() : "");
    Durations seconds = result.seconds();
    out.printf(
        Locale.ROOT,
        "  step      %s median of %d (p10 %s, p90 %s, min %s, max %s)%n",
        milliseconds(seconds.median()),
        seconds.count(),
        milliseconds(seconds.p10()),
        milliseconds(seconds.p90()),
        milliseconds(seconds.min()),
        milliseconds(seconds.max()));
    out.printf(
        Locale.ROOT,
        "  host      %s median until all work was given out, %.2f us per time step%n",
        milliseconds(result.hostSeconds().median()),
        result.hostSeconds().median() * 1e6 / shape.steps());
    out.printf(
        Locale.ROOT,
        "  products  %.1f GFLOP/s%n",
        result.gigaflops(Cost.of(what, selection.device())));
    out.printf(
        Locale.ROOT,
        "  memory    %.1f MiB on the device, at most %.1f; steady state: %d device allocations,"
            + " %.0f B of heap per time step%n",
        result.deviceBytes() / (double) (1 << 20),
        result.peakDeviceBytes() / (double) (1 << 20),
        result.deviceAllocations(),
        result.heapBytesPerTimeStep());
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f ms", seconds * 1e3);
  }
}
