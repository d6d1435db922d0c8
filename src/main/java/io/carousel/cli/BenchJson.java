package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchMode;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.BenchShape;
import io.carousel.cli.bench.Ceilings;
import io.carousel.cli.bench.Cost;
import io.carousel.cli.bench.Durations;
import io.carousel.cli.bench.Linux;
import io.carousel.cli.bench.Scaling;
import io.carousel.device.Device;
import io.carousel.train.Provenance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code carousel bench} found, as JSON. */
final class BenchJson {
  private BenchJson() {}

  /** One case; what scripts/bench-gpu reads. */
  static ObjectNode result(BenchCase what, BenchResult result, Device device) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("cell", word(what.cell())).put("mode", word(what.mode()));
    BenchShape shape = what.shape();
    json.put("T", shape.steps()).put("B", shape.batchSize());
    json.put("I", shape.inputSize()).put("H", shape.hiddenSize());
    json.put("layers", shape.layers()).put("directions", what.directions());
    json.put("lengths", shape.lengthsWord()).put("rows", shape.packed().rows());
    json.put("precision", word(what.precision()));
    json.put("device", device.name()).put("description", device.description());
    json.put("threads", device.threads());
    json.put("plan", result.kernel()).put("whyNotFused", result.whyNotFused());
    json.put("launch", result.launch());
    Durations seconds = result.seconds();
    json.put("steps", seconds.count());
    json.put("turns", result.turns()).put("quietTurns", result.quietTurns());
    ObjectNode spread = json.putObject("secondsPerStep");
    spread.put("median", seconds.median()).put("p10", seconds.p10()).put("p90", seconds.p90());
    spread.put("p99", seconds.p99()).put("min", seconds.min()).put("max", seconds.max());
    json.put("hostSecondsPerStepMedian", result.hostSeconds().median());
    Cost cost = Cost.of(what, device);
    json.put("flopPerStep", cost.flop()).put("trafficBytesPerStep", cost.trafficBytes());
    json.put("gigaflopsPerSecond", result.gigaflops(cost));
    json.put("deviceBytes", result.deviceBytes());
    json.put("peakDeviceBytes", result.peakDeviceBytes());
    json.put("steadyStateDeviceAllocations", result.deviceAllocations());
    json.put("heapBytesPerTimeStep", result.heapBytesPerTimeStep());
    Linux.peakResidentBytes().ifPresent(bytes -> json.put("processPeakBytes", bytes));
    json.put("carousel", Provenance.carouselVersion()).put("jdk", Version.jdk());
    json.put("system", Version.system());
    return json;
  }

  /** One case of a suite, held against the ceilings. */
  static ObjectNode result(
      String suite,
      String workload,
      BenchCase what,
      BenchResult result,
      Device device,
      Ceilings ceilings) {
    ObjectNode json = line("result", suite).put("workload", workload);
    json.setAll(result(what, result, device));
    Cost cost = Cost.of(what, device);
    if (what.mode() == BenchMode.TRAIN) {
      boolean fused = !result.kernel().equals(BenchTables.STEPWISE);
      json.put("formulaBytes", Scaling.of(what, device, fused).deviceBytes());
    }
    double bound = ceilings.boundSeconds(cost);
    ObjectNode roofline = json.putObject("roofline");
    roofline.put("bound", ceilings.computeSeconds(cost) == bound ? "compute" : "traffic");
    roofline.put("seconds", bound).put("share", bound / result.seconds().median());
    return json;
  }

  /** The machine, and the most that it gives; null where that was not measured. */
  static ObjectNode machine(String suite, Device device, @Nullable Ceilings ceilings) {
    ObjectNode json = line("machine", suite);
    json.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("device", device.name()).put("description", device.description());
    json.put("threads", device.threads());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("carousel", Provenance.carouselVersion()).put("jdk", Version.jdk());
    json.put("system", Version.system());
    if (ceilings != null) {
      json.put("gigaflopsPerSecond", ceilings.flopPerSecond() * 1e-9);
      ArrayNode products = json.putArray("products");
      for (Ceilings.Product one : ceilings.products()) {
        ObjectNode product = products.addObject();
        product.put("m", one.m()).put("n", one.n()).put("k", one.k());
        product.put("gigaflopsPerSecond", one.flopPerSecond() * 1e-9);
      }
      ArrayNode traffic = json.putArray("traffic");
      for (Ceilings.Traffic one : ceilings.traffic()) {
        ObjectNode set = traffic.addObject().put("workingSetBytes", one.bytes());
        set.put("copyBytesPerSecond", one.copied()).put("readBytesPerSecond", one.read());
      }
    }
    return json;
  }

  /** An object of its kind. */
  static ObjectNode line(String kind, String suite) {
    return JsonNodeFactory.instance.objectNode().put("kind", kind).put("suite", suite);
  }

  /** An enum's constant as users write it. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
