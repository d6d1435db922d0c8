package io.carousel.cli.bench;

import io.carousel.device.Cell;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Named workloads that belong together. Those of bench/peers have the same names and shapes. */
public enum Suite {
  /** Training and inference on shapes of a CPU's size. */
  CPU(
      """
      train-S      train  lstm 1 T=100,B=32,I=64,H=128
      train-S2     train  lstm 1 T=100,B=32,I=64,H=128,layers=2
      train-ECG    train  lstm 1 T=187,B=64,I=1,H=128
      train-M      train  lstm 1 T=100,B=64,I=512,H=512
      train-L      train  lstm 1 T=50,B=64,I=1024,H=1024
      gru-train-S  train  gru  1 T=100,B=32,I=64,H=128
      gru-train-M  train  gru  1 T=100,B=64,I=512,H=512
      infer-S      infer  lstm 1 T=100,B=32,I=64,H=128
      infer-S2     infer  lstm 1 T=100,B=32,I=64,H=128,layers=2
      infer-ECG    infer  lstm 1 T=187,B=64,I=1,H=128
      infer-ECG1   infer  lstm 1 T=187,B=1,I=1,H=128
      infer-M      infer  lstm 1 T=100,B=64,I=512,H=512
      infer-L      infer  lstm 1 T=50,B=64,I=1024,H=1024
      gru-infer-S  infer  gru  1 T=100,B=32,I=64,H=128
      """),
  /** The shapes of bench/peers.py, which scripts/bench-gpu takes, and one of ragged lengths. */
  GPU(
      """
      S1           fwdbwd lstm 1 T=100,B=64,I=512,H=512
      S2           fwdbwd lstm 1 T=512,B=16,I=768,H=768
      S3           fwdbwd lstm 1 T=256,B=128,I=1024,H=1024
      S4           fwdbwd lstm 1 T=1000,B=8,I=256,H=256
      S1x4         fwdbwd lstm 1 T=100,B=64,I=512,H=512,layers=4
      S1bi         fwdbwd lstm 2 T=100,B=64,I=512,H=512,layers=2
      S1gru        fwdbwd gru  1 T=100,B=64,I=512,H=512
      S1ragged     fwdbwd lstm 1 T=100,B=64,I=512,H=512,lengths=ragged
      ECG          fwdbwd lstm 2 T=187,B=256,I=1,H=128,layers=2
      """),
  /** Lengths from T to T/4, each beside the dense batch of the same T and B. */
  RAGGED(
      """
      train-S         train lstm 1 T=100,B=32,I=64,H=128
      ragged-train-S  train lstm 1 T=100,B=32,I=64,H=128,lengths=ragged
      train-M         train lstm 1 T=100,B=64,I=512,H=512
      ragged-train-M  train lstm 1 T=100,B=64,I=512,H=512,lengths=ragged
      infer-S         infer lstm 1 T=100,B=32,I=64,H=128
      ragged-infer-S  infer lstm 1 T=100,B=32,I=64,H=128,lengths=ragged
      """),
  /** One step of one sequence, whose state is carried on. */
  STREAM(
      """
      stream-128      stream lstm 1 T=1,B=1,I=128,H=128
      stream-256      stream lstm 1 T=1,B=1,I=256,H=256
      stream-512      stream lstm 1 T=1,B=1,I=512,H=512
      stream-1024     stream lstm 1 T=1,B=1,I=1024,H=1024
      gru-stream-256  stream gru  1 T=1,B=1,I=256,H=256
      """),
  /** Steps of served streams, direct and pooled; see {@link SessionBenchmark}. */
  SESSIONS("session-128 stream lstm 1 T=1,B=1,I=128,H=128"),
  /** One quantity doubled at a time, twice; see {@link Scaling}. */
  SCALING(
      """
      base      train lstm 1 T=64,B=16,I=128,H=128
      T-x2      train lstm 1 T=128,B=16,I=128,H=128
      T-x4      train lstm 1 T=256,B=16,I=128,H=128
      N-x2      train lstm 1 T=64,B=32,I=128,H=128
      N-x4      train lstm 1 T=64,B=64,I=128,H=128
      H-x2      train lstm 1 T=64,B=16,I=128,H=256
      H-x4      train lstm 1 T=64,B=16,I=128,H=512
      layers-x2 train lstm 1 T=64,B=16,I=128,H=128,layers=2
      layers-x4 train lstm 1 T=64,B=16,I=128,H=128,layers=4
      """),
  /** Training that goes on for very long; see {@link Soak}. */
  SOAK("soak train lstm 1 T=8,B=4,I=8,H=16");

  private final String table;

  Suite(String table) {
    this.table = table;
  }

  /**
   * A workload and its name.
   *
   * @param name unique in a suite
   * @param mode what a step does
   * @param cell kind of cell
   * @param directions 1 or 2
   * @param shape of stack and batch
   */
  public record Named(String name, BenchMode mode, Cell cell, int directions, BenchShape shape) {
    /** The same as a case. */
    public BenchCase with(PlanChoice plan, Precision precision) {
      return new BenchCase(cell, shape, directions, mode, plan, precision);
    }

    private static Named parse(String line) {
      String[] words = line.strip().split(" +", -1);
      return new Named(
          words[0],
          BenchMode.valueOf(words[1].toUpperCase(Locale.ROOT)),
          Cell.valueOf(words[2].toUpperCase(Locale.ROOT)),
          Integer.parseInt(words[3]),
          BenchShape.parse(words[4]));
    }
  }

  /** What is measured in turns: workloads that are compared with each other. */
  public Map<String, List<Named>> groups(List<Named> chosen) {
    return chosen.stream()
        .collect(Collectors.groupingBy(this::group, LinkedHashMap::new, Collectors.toList()));
  }

  private String group(Named one) {
    return switch (this) {
      case SCALING -> "scaling";
      case RAGGED -> one.name().replaceFirst("^ragged-", "");
      default -> one.name();
    };
  }

  /** All workloads. */
  public List<Named> workloads() {
    return table.lines().map(Named::parse).toList();
  }

  /** Those of which a part of the name matches. */
  public List<Named> workloads(Pattern only) {
    return workloads().stream().filter(one -> only.matcher(one.name()).find()).toList();
  }
}
