package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.cli.bench.BenchShape.Lengths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuiteTest {
  @ParameterizedTest
  @EnumSource(Suite.class)
  void everyWorkloadHasANameOfItsOwn(Suite suite) {
    Set<String> names = new HashSet<>();
    suite.workloads().forEach(one -> assertTrue(names.add(one.name()), one.name()));
    assertTrue(!names.isEmpty());
  }

  @Test
  void aPartOfTheNameChooses() {
    assertEquals(
        List.of("train-M", "gru-train-M", "infer-M"),
        Suite.CPU.workloads(Pattern.compile("M$")).stream().map(Suite.Named::name).toList());
  }

  /** The peers' table: name, mode, cell, layers, T, B, I, H, and of ragged batches T/4. */
  @Test
  void namesAndShapesAreThoseOfThePeers() throws IOException {
    List<Suite.Named> ours = new ArrayList<>();
    ours.addAll(Suite.CPU.workloads());
    ours.addAll(Suite.STREAM.workloads());
    ours.addAll(Suite.RAGGED.workloads());
    int compared = 0;
    for (String line : Files.readAllLines(Path.of("bench/peers/workloads.csv"))) {
      String[] words = line.split(",", -1);
      if (line.startsWith("#") || words[1].equals("gemm")) {
        continue;
      }
      Suite.Named own =
          ours.stream().filter(one -> one.name().equals(words[0])).findFirst().orElse(null);
      assertNotNull(own, "no suite has " + words[0]);
      assertEquals(words[1], own.mode().name().toLowerCase(Locale.ROOT));
      assertEquals(words[2], own.cell().name().toLowerCase(Locale.ROOT));
      String shape = "T=%s,B=%s,I=%s,H=%s,layers=%s,lengths=%s";
      String lengths = words.length > 8 ? "ragged" : "dense";
      assertEquals(
          BenchShape.parse(
              shape.formatted(words[4], words[5], words[6], words[7], words[3], lengths)),
          own.shape(),
          words[0]);
      if (words.length > 8) {
        assertEquals(Integer.parseInt(words[4]), 4 * Integer.parseInt(words[8]), words[0]);
      }
      compared++;
    }
    assertTrue(compared > 15, compared + " compared");
  }

  /** {@code "S1": (100, 64, 512, 512, 1, False, "LSTM")}: T, B, I, H, layers, bidirectional. */
  @Test
  void theGpuSuiteHasTheShapesThatPyTorchIsTimedOn() throws IOException {
    String row = "\"(\\w+)\": \\((\\d+), (\\d+), (\\d+), (\\d+), (\\d+), (\\w+), \"(\\w+)\"\\)";
    Matcher matcher = Pattern.compile(row).matcher(Files.readString(Path.of("bench/peers.py")));
    int compared = 0;
    while (matcher.find()) {
      String name = matcher.group(1);
      Suite.Named own =
          Suite.GPU.workloads().stream()
              .filter(one -> one.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no " + name));
      int[] sizes = new int[5];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Integer.parseInt(matcher.group(2 + i));
      }
      assertEquals(
          new BenchShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], Lengths.DENSE),
          own.shape(),
          name);
      assertEquals(matcher.group(7).equals("True") ? 2 : 1, own.directions(), name);
      assertEquals(matcher.group(8), own.cell().name(), name);
      compared++;
    }
    assertEquals(Suite.GPU.workloads().size() - 1, compared, "all but the ragged one");
  }

  @Test
  void raggedWorkloadsStandBesideTheDenseOnes() {
    for (Suite.Named one : Suite.RAGGED.workloads()) {
      boolean ragged = one.name().startsWith("ragged-");
      assertEquals(ragged ? Lengths.RAGGED : Lengths.DENSE, one.shape().lengths());
      if (ragged) {
        String dense = one.name().substring("ragged-".length());
        Suite.Named beside =
            Suite.RAGGED.workloads().stream()
                .filter(other -> other.name().equals(dense))
                .findFirst()
                .orElseThrow();
        assertEquals(beside.shape().steps(), one.shape().steps());
        assertEquals(beside.shape().batchSize(), one.shape().batchSize());
        assertEquals(beside.shape().hiddenSize(), one.shape().hiddenSize());
      }
    }
  }

  @Test
  void whatIsComparedIsMeasuredInTurns() {
    List<Suite.Named> ragged = Suite.RAGGED.workloads(Pattern.compile("train"));
    assertEquals(
        List.of(List.of("train-S", "ragged-train-S"), List.of("train-M", "ragged-train-M")),
        Suite.RAGGED.groups(ragged).values().stream()
            .map(group -> group.stream().map(Suite.Named::name).toList())
            .toList());
    assertEquals(1, Suite.SCALING.groups(Suite.SCALING.workloads()).size());
    assertEquals(14, Suite.CPU.groups(Suite.CPU.workloads()).size());
  }

  @Test
  void scalingDoublesOneThingAtATime() {
    BenchShape base = Suite.SCALING.workloads().get(0).shape();
    for (Suite.Named one : Suite.SCALING.workloads()) {
      int factor = one.name().endsWith("x2") ? 2 : one.name().endsWith("x4") ? 4 : 1;
      String what = one.name().split("-", -1)[0];
      assertEquals(
          new BenchShape(
              base.steps() * (what.equals("T") ? factor : 1),
              base.batchSize() * (what.equals("N") ? factor : 1),
              base.inputSize(),
              base.hiddenSize() * (what.equals("H") ? factor : 1),
              base.layers() * (what.equals("layers") ? factor : 1)),
          one.shape(),
          one.name());
    }
  }
}
