package io.carousel.rnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Open passes, carried states and lifetimes of a stack. */
class RecurrentLayerTest {
  private static final PackedShape A = PackedShape.of(3, 5, 2);
  private static final PackedShape B = PackedShape.of(4, 4, 9, 1);

  private Device device;
  private Queue queue;
  private ParameterSet parameters;
  private BufferScope scope;
  private Lstm lstm;

  @BeforeEach
  void open() {
    device = Devices.open("reference");
    queue = device.openQueue();
    parameters = new ParameterSet(queue, 3, "test");
    scope = new BufferScope(device, "test");
    lstm = Lstm.builder(2, 4).layers(2).bidirectional(true).dropout(0.4).build(parameters, "lstm");
  }

  @AfterEach
  void close() {
    lstm.close();
    scope.close();
    parameters.close();
    queue.close();
    device.close();
  }

  private Matrix random(String name, int rows, int columns) {
    Matrix matrix = scope.reals(name, rows, columns);
    queue.upload(
        new Random(name.hashCode()).doubles((long) rows * columns, -1, 1).toArray(), 0, matrix);
    return matrix;
  }

  private double[] gradients() {
    return parameters.all().stream()
        .map(p -> p.downloadGradient(queue))
        .flatMapToDouble(java.util.Arrays::stream)
        .toArray();
  }

  /** As an encoder and a decoder have it, or validation between forward and backward. */
  @Test
  void severalPassesMayBeOpen() {
    Matrix xA = random("xA", A.rows(), 2);
    Matrix xB = random("xB", B.rows(), 2);
    Matrix dA = random("dA", A.rows(), 8);
    Matrix dB = random("dB", B.rows(), 8);
    lstm.forward(queue, A, xA, null, null, 1).backward(dA, null, null, null, null, null);
    lstm.forward(queue, B, xB, null, null, 2).backward(dB, null, null, null, null, null);
    double[] expected = gradients();
    parameters.zeroGradients(queue);

    RecurrentLayer.Pass passA = lstm.forward(queue, A, xA, null, null, 1);
    RecurrentLayer.Pass passB = lstm.forward(queue, B, xB, null, null, 2);
    Matrix output = scope.reals("output", B.rows(), 8);
    Matrix hN = scope.reals("hN", 4 * 4, 4);
    Matrix cN = scope.reals("cN", 4 * 4, 4);
    lstm.infer(queue, B, xB, null, null, output, hN, cN);
    passA.backward(dA, null, null, null, null, null);
    passB.backward(dB, null, null, null, null, null);
    assertArrayEquals(expected, gradients(), 1e-12);

    assertThrows(IllegalStateException.class, passA::output);
    Exception twice =
        assertThrows(
            IllegalStateException.class, () -> passA.backward(dA, null, null, null, null, null));
    assertTrue(twice.getMessage().contains("consumed"), twice.getMessage());
  }

  @Test
  void aPassThatIsClosedLeavesNoGradients() {
    Matrix x = random("x", A.rows(), 2);
    lstm.forward(queue, A, x, null, null, 1).close();
    for (double gradient : gradients()) {
      assertEquals(0, gradient);
    }
  }

  /** A whole sequence, and the same in two chunks whose state is carried over. */
  @Test
  void carriedStatesContinueASequence() {
    try (Lstm oneWay = Lstm.builder(2, 4).layers(2).build(parameters, "oneway");
        RecurrentState state = new RecurrentState(device, oneWay.spec(), 3)) {
      Matrix x = random("whole", 6 * 3, 2);
      Matrix whole = scope.reals("wholeOutput", 6 * 3, 4);
      Matrix chunks = scope.reals("chunkOutput", 6 * 3, 4);
      Matrix hN = scope.reals("h", 2 * 3, 4);
      Matrix cN = scope.reals("c", 2 * 3, 4);
      oneWay.infer(queue, PackedShape.dense(6, 3), x, null, null, whole, hN, cN);
      for (int from = 0; from < 6; from += 2) {
        oneWay.infer(
            queue,
            PackedShape.dense(2, 3),
            x.rows(from * 3, 6),
            state.h(),
            state.c(),
            chunks.rows(from * 3, 6),
            state.h(),
            state.c());
      }
      assertArrayEquals(StackFixture.download(queue, whole), StackFixture.download(queue, chunks));
      assertArrayEquals(StackFixture.download(queue, hN), StackFixture.download(queue, state.h()));
      try (RecurrentState picked = state.gather(queue, 2, 2, 0)) {
        double[] from = StackFixture.download(queue, state.c());
        double[] got = StackFixture.download(queue, picked.c());
        for (int unit = 0; unit < 4; unit++) {
          assertEquals(from[2 * 4 + unit], got[unit]);
          assertEquals(from[2 * 4 + unit], got[4 + unit]);
          assertEquals(from[unit], got[2 * 4 + unit]);
          assertEquals(from[(3 + 2) * 4 + unit], got[3 * 4 + unit]);
        }
      }
      assertThrows(IndexOutOfBoundsException.class, () -> state.gather(queue, 3));
    }
  }

  @Test
  void wrongShapesNameTheirAxes() {
    Matrix x = random("x", A.rows(), 3);
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> lstm.forward(queue, A, x, null, null, 1));
    assertEquals("input of 'lstm' [Σ n_t, I]: expected [10, 2], got [10, 3]", refused.getMessage());
  }

  @Test
  void parametersBearPyTorchsNames() {
    assertEquals(16, parameters.all().size());
    Parameter reverse = parameters.get("lstm.weight_ih_l1_reverse");
    assertArrayEquals(new int[] {16, 8}, reverse.shape());
  }

  @Test
  void closingWithAnOpenPassIsSaid() {
    Gru gru = Gru.builder(2, 3).build(parameters, "gru");
    Matrix x = random("x", A.rows(), 2);
    RecurrentLayer.Pass open = gru.forward(queue, A, x, null, null, 1);
    assertTrue(open.hN().rows() > 0);
    Exception said = assertThrows(IllegalStateException.class, gru::close);
    assertTrue(said.getMessage().contains("neither run backward nor closed"), said.getMessage());
  }
}
