package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gradient against central differences in float64. */
class GradientCheckTest {
  private static Device device;

  @BeforeAll
  static void open() {
    device = Devices.open("reference");
  }

  @AfterAll
  static void close() {
    device.close();
  }

  record Configuration(RecurrentSpec spec, PackedShape shape) {
    @Override
    public String toString() {
      return "%s%s I=%d H=%d L=%d D=%d P=%d bias=%s dropout=%s after=%s %s %s"
          .formatted(
              spec.cell(),
              spec.activation().equals(Activation.RELU) ? "(relu)" : "",
              spec.inputSize(),
              spec.hiddenSize(),
              spec.numLayers(),
              spec.directions(),
              spec.projSize(),
              spec.bias(),
              spec.dropout(),
              spec.resetAfter(),
              shape,
              java.util.Arrays.toString(shape.lengths()));
    }
  }

  static List<Configuration> configurations() {
    List<PackedShape> shapes =
        List.of(
            PackedShape.dense(1, 1),
            PackedShape.dense(4, 2),
            PackedShape.of(2, 4, 0, 3),
            PackedShape.of(3, 3, 1),
            PackedShape.of(1, 5, 2),
            PackedShape.dense(2, 3),
            PackedShape.of(0, 0));
    List<Configuration> all = new ArrayList<>();
    for (RecurrentSpec cell : cells(3, 4)) {
      for (int layers = 1; layers <= 3; layers++) {
        for (boolean bidirectional : new boolean[] {false, true}) {
          for (PackedShape shape : shapes) {
            boolean bias = (layers + shape.batchSize()) % 2 == 0;
            double dropout = layers > 1 && shape.batchSize() == 4 ? 0.4 : 0;
            RecurrentSpec spec =
                cell.withNumLayers(layers)
                    .withBidirectional(bidirectional)
                    .withBias(bias)
                    .withDropout(dropout);
            all.add(new Configuration(spec, shape));
          }
        }
      }
    }
    for (int size : new int[] {1, 2, 17, 33}) {
      for (RecurrentSpec cell : cells(size == 33 ? 2 : size, size)) {
        for (boolean bidirectional : new boolean[] {false, true}) {
          if (size < 33 || !bidirectional) {
            all.add(new Configuration(cell.withBidirectional(bidirectional), PackedShape.of(1, 2)));
          }
        }
      }
    }
    for (RecurrentSpec cell : cells(2, 3)) {
      all.add(new Configuration(cell, PackedShape.of(12, 5, 9)));
      all.add(new Configuration(cell.withBias(false), PackedShape.dense(9, 1)));
      all.add(
          new Configuration(cell.withBidirectional(true).withBias(false), PackedShape.of(1, 7)));
      all.add(new Configuration(cell.withNumLayers(2).withDropout(0.5), PackedShape.dense(5, 2)));
      all.add(new Configuration(cell.withNumLayers(4), PackedShape.of(2, 1)));
    }
    return all;
  }

  private static List<RecurrentSpec> cells(int inputSize, int hiddenSize) {
    List<RecurrentSpec> cells = new ArrayList<>();
    cells.add(RecurrentSpec.rnn(inputSize, hiddenSize));
    cells.add(RecurrentSpec.rnn(inputSize, hiddenSize).withActivation(Activation.RELU));
    cells.add(RecurrentSpec.lstm(inputSize, hiddenSize));
    cells.add(RecurrentSpec.gru(inputSize, hiddenSize));
    cells.add(RecurrentSpec.gru(inputSize, hiddenSize).withResetAfter(false));
    if (hiddenSize > 1) {
      cells.add(RecurrentSpec.lstm(inputSize, hiddenSize).withProjSize(hiddenSize - 1));
    }
    return cells;
  }

  @Test
  void thereAreAtLeast300Configurations() {
    long distinct = configurations().stream().map(Object::toString).distinct().count();
    assertTrue(distinct >= 300, "only " + distinct);
    assertEquals(configurations().size(), distinct);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void gradientsEqualCentralDifferences(Configuration configuration) {
    StackFixture fixture =
        new StackFixture(
            configuration.spec, configuration.shape, configuration.toString().hashCode());
    GradientCheck.require(fixture, device);
  }
}
