package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.Soak;
import io.carousel.cli.bench.Soak.Look;
import io.carousel.device.Device;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Long training: prints the memory as it goes, and whether it stayed flat. */
final class BenchSoak {
  private static final double MEBIBYTE = 1 << 20;

  private BenchSoak() {}

  /**
   * Trains.
   *
   * @param out where a line for each look goes, null for none
   * @param lines takes an object for each look, and the verdict
   * @return what grew, or null
   */
  static @Nullable String run(
      BenchCase what,
      Device device,
      long steps,
      @Nullable PrintWriter out,
      Consumer<ObjectNode> lines) {
    if (out != null) {
      out.printf(
          "%10s %9s %9s %12s %12s %12s%n",
          "step", "s", "loss", "device B", "resident MiB", "heap MiB");
    }
    List<Look> looks =
        Soak.run(
            device,
            what.shape(),
            what.spec(),
            what.plan(),
            steps,
            look -> {
              lines.accept(json(look));
              if (out != null) {
                out.println(line(look));
                out.flush();
              }
            });
    String growth = Soak.growth(looks);
    lines.accept(
        BenchJson.line("verdict", "soak")
            .put("flat", growth == null)
            .put("growth", growth)
            .put("allowedResidentBytes", Soak.MOST_RESIDENT_GROWTH));
    if (out != null && growth == null) {
      out.printf(
          Locale.ROOT,
          "flat: after the first %.0f %% of steps no byte more on the device, at most %d MiB more"
              + " resident%n",
          100 * Soak.WARM_UP,
          Soak.MOST_RESIDENT_GROWTH >> 20);
    }
    return growth;
  }

  private static String line(Look look) {
    return String.format(
        Locale.ROOT,
        "%10d %9.1f %9.5f %12d %12s %12.1f",
        look.step(),
        look.seconds(),
        look.loss(),
        look.deviceBytes(),
        mebibytes(look.residentBytes()),
        look.heapBytes() / MEBIBYTE);
  }

  private static String mebibytes(OptionalLong bytes) {
    return bytes.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f", bytes.getAsLong() / MEBIBYTE);
  }

  private static ObjectNode json(Look look) {
    ObjectNode json = BenchJson.line("soak", "soak");
    json.put("step", look.step()).put("seconds", look.seconds()).put("loss", look.loss());
    json.put("deviceBytes", look.deviceBytes());
    json.put("deviceAllocations", look.deviceAllocations());
    look.residentBytes().ifPresent(bytes -> json.put("residentBytes", bytes));
    return json.put("heapBytes", look.heapBytes());
  }
}
