package io.carousel.nn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import io.carousel.nn.LuongAttention.Score;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ragged sources, one of a single step and one of none among them. */
class LuongAttentionTest {
  private static final int T = 3;
  private static final int S = 4;
  private static final int[] LENGTHS = {3, 1, 4, 0, 2};
  private static final int N = LENGTHS.length;
  private static final int H = 6;

  private final double[] decoder = random(1, T * N * H);
  private final double[] dOutput = random(2, T * N * H);

  private static int sourceSize(Score score) {
    return score == Score.DOT ? H : 5;
  }

  private static LuongAttention attention(ModelFixture m, Score score) {
    return new LuongAttention(m.parameters, m.pool, "attention", score, H, sourceSize(score));
  }

  private static double[] encoder(Score score) {
    return random(3, S * N * sourceSize(score));
  }

  /** The formulas, one row after the other: h~ [T·N, H], then weights [T·N, S]. */
  private double[][] formula(ModelFixture m, Score score) {
    int g = sourceSize(score);
    double[] e = encoder(score);
    double[] wC = m.parameters.get("attention.combine.weight").download(m.queue);
    double[] output = new double[T * N * H];
    double[] weights = new double[T * N * S];
    for (int r = 0; r < T * N; r++) {
      double[] query = Arrays.copyOfRange(decoder, r * H, (r + 1) * H);
      if (score == Score.GENERAL) {
        double[] wA = m.parameters.get("attention.score.weight").download(m.queue);
        query = new double[g];
        for (int i = 0; i < H * g; i++) {
          query[i % g] += decoder[r * H + i / g] * wA[i];
        }
      }
      double sum = 0;
      for (int s = 0; s < LENGTHS[r % N]; s++) {
        int row = s * N + r % N;
        weights[r * S + s] = Math.exp(dot(query, Arrays.copyOfRange(e, row * g, (row + 1) * g)));
        sum += weights[r * S + s];
      }
      double[] both = new double[g + H];
      System.arraycopy(decoder, r * H, both, g, H);
      for (int s = 0; s < LENGTHS[r % N]; s++) {
        weights[r * S + s] /= sum;
        for (int i = 0; i < g; i++) {
          both[i] += weights[r * S + s] * e[(s * N + r % N) * g + i];
        }
      }
      for (int o = 0; o < H; o++) {
        double[] row = Arrays.copyOfRange(wC, o * (g + H), (o + 1) * (g + H));
        output[r * H + o] = Math.tanh(dot(row, both));
      }
    }
    return new double[][] {output, weights};
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    for (Score score : Score.values()) {
      try (ModelFixture m = new ModelFixture(device)) {
        LuongAttention attention = attention(m, score);
        double[][] expected = formula(m, score);
        Matrix h = m.matrix(T * N, H, decoder);
        Matrix e = m.matrix(S * N, sourceSize(score), encoder(score));
        try (AttentionPass pass = attention.forward(m.queue, h, e, LENGTHS)) {
          m.assertClose(expected[0], m.values(pass.output()), "output");
          m.assertClose(expected[1], m.values(pass.weights()), "weights");
        }
        Matrix output = m.zeros(T * N, H);
        Matrix weights = m.zeros(T * N, S);
        m.queue.fill(output, Double.NaN);
        m.queue.fill(weights, Double.NaN);
        attention.infer(m.queue, h, e, LENGTHS, output, weights);
        m.assertClose(expected[0], m.values(output), "inferred output");
        m.assertClose(expected[1], m.values(weights), "inferred weights");
        double[][] ofThird = LuongAttention.alignment(m.queue, weights, N, 2);
        assertEquals(T, ofThird.length);
        double[] lastStep = Arrays.copyOfRange(expected[1], (2 * N + 2) * S, (2 * N + 3) * S);
        m.assertClose(lastStep, ofThird[2], "alignment of a sequence");
        assertEquals(0, m.pool.lentCount());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Score.class)
  void gradientsAgreeWithDifferences(Score score) {
    try (ModelFixture m = new ModelFixture("reference")) {
      LuongAttention attention = attention(m, score);
      Matrix h = m.matrix(T * N, H, decoder);
      Matrix e = m.matrix(S * N, sourceSize(score), encoder(score));
      Matrix dH = m.zeros(T * N, H);
      Matrix dE = m.zeros(S * N, sourceSize(score));
      m.queue.fill(dH, Double.NaN);
      m.queue.fill(dE, Double.NaN);
      attention.forward(m.queue, h, e, LENGTHS).backward(m.matrix(T * N, H, dOutput), dH, dE);
      DoubleSupplier loss =
          () -> {
            try (AttentionPass pass = attention.forward(m.queue, h, e, LENGTHS)) {
              return dot(dOutput, m.values(pass.output()));
            }
          };
      m.assertGradient("decoder", h, m.values(dH), loss);
      m.assertGradient("encoder", e, m.values(dE), loss);
      for (Parameter p : m.parameters) {
        m.assertGradient(p.path(), p.value(), p.downloadGradient(m.queue), loss);
      }
      assertEquals(score == Score.DOT ? 1 : 2, m.parameters.all().size());
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void gradientsAreThoseOfTheReference(String device) {
    for (Score score : Score.values()) {
      Map<String, double[]> expected = gradients("reference", score);
      try (ModelFixture m = new ModelFixture(device)) {
        gradients(device, score)
            .forEach((name, values) -> m.assertClose(expected.get(name), values, name));
      }
    }
  }

  private Map<String, double[]> gradients(String device, Score score) {
    try (ModelFixture m = new ModelFixture(device)) {
      LuongAttention attention = attention(m, score);
      Matrix h = m.matrix(T * N, H, decoder);
      Matrix e = m.matrix(S * N, sourceSize(score), encoder(score));
      Matrix dH = m.zeros(T * N, H);
      Matrix dE = m.zeros(S * N, sourceSize(score));
      m.queue.fill(dE, Double.NaN);
      Matrix dY = m.matrix(T * N, H, dOutput);
      attention.forward(m.queue, h, e, LENGTHS).backward(dY, null, null);
      attention.forward(m.queue, h, e, LENGTHS).backward(dY, dH, dE); // parameters add up
      Map<String, double[]> found = new LinkedHashMap<>();
      found.put("decoder", m.values(dH));
      found.put("encoder", m.values(dE));
      m.parameters.forEach(p -> found.put(p.path(), p.downloadGradient(m.queue)));
      return found;
    }
  }

  /** What lies past a source's end changes nothing and gets no gradient. */
  @Test
  void paddingDoesNotCount() {
    try (ModelFixture m = new ModelFixture("reference")) {
      LuongAttention attention = attention(m, Score.GENERAL);
      int g = sourceSize(Score.GENERAL);
      double[] other = encoder(Score.GENERAL);
      for (int row = 0; row < S * N; row++) {
        if (row / N >= LENGTHS[row % N]) {
          Arrays.fill(other, row * g, (row + 1) * g, 1e6);
        }
      }
      Matrix h = m.matrix(T * N, H, decoder);
      Matrix e = m.matrix(S * N, g, other);
      Matrix dE = m.zeros(S * N, g);
      AttentionPass pass = attention.forward(m.queue, h, e, LENGTHS);
      m.assertClose(formula(m, Score.GENERAL)[0], m.values(pass.output()), "output");
      pass.backward(m.matrix(T * N, H, dOutput), null, dE);
      double[] gradient = m.values(dE);
      for (int row = 0; row < S * N; row++) {
        double[] ofRow = Arrays.copyOfRange(gradient, row * g, (row + 1) * g);
        boolean past = row / N >= LENGTHS[row % N];
        assertEquals(past, Arrays.equals(ofRow, new double[g]), "row " + row);
      }
    }
  }

  /** As decoding goes: one step at a time. */
  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void stepsStandAlone(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      LuongAttention attention = attention(m, Score.DOT);
      double[][] expected = formula(m, Score.DOT);
      Matrix h = m.matrix(T * N, H, decoder);
      Matrix e = m.matrix(S * N, H, encoder(Score.DOT));
      Matrix output = m.zeros(T * N, H);
      for (int t = T - 1; t >= 0; t--) {
        attention.infer(m.queue, h.rows(t * N, N), e, LENGTHS, output.rows(t * N, N), null);
      }
      m.assertClose(expected[0], m.values(output), "output");
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void nothingToAttendTo(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      LuongAttention attention = attention(m, Score.GENERAL);
      Matrix h = m.matrix(T * 2, H, Arrays.copyOf(decoder, T * 2 * H));
      Matrix e = m.zeros(1, sourceSize(Score.GENERAL)).rows(0, 0); // S = 0
      Matrix dH = m.zeros(T * 2, H);
      AttentionPass pass = attention.forward(m.queue, h, e, 0, 0);
      double[] wC = m.parameters.get("attention.combine.weight").download(m.queue);
      int columns = H + sourceSize(Score.GENERAL);
      double[] first = Arrays.copyOfRange(wC, columns - H, columns);
      double expected = Math.tanh(dot(first, Arrays.copyOf(decoder, H)));
      assertEquals(expected, m.values(pass.output())[0], m.tolerance());
      pass.backward(m.matrix(T * 2, H, Arrays.copyOf(dOutput, T * 2 * H)), dH, e);
      assertTrue(Arrays.stream(m.values(dH)).allMatch(x -> x != 0 && Double.isFinite(x)));
      double[] dW = m.parameters.get("attention.score.weight").downloadGradient(m.queue);
      assertArrayEquals(new double[dW.length], dW);
    }
  }

  @Test
  void errorsSayWhatIsWrong() {
    try (ModelFixture m = new ModelFixture("reference")) {
      String sizes =
          failure(() -> new LuongAttention(m.parameters, m.pool, "attention", Score.DOT, 4, 8));
      assertTrue(sizes.contains("one size, not 8 and 4"), sizes);
      LuongAttention attention = attention(m, Score.DOT);
      Matrix h = m.matrix(T * N, H, decoder);
      Matrix e = m.matrix(S * N, H, encoder(Score.DOT));
      String length = failure(() -> attention.forward(m.queue, h, e, 1, 1, 1, 5, 1));
      assertEquals("attention 'attention': length 5 of source 3 does not lie in 0..4", length);
      String rows = failure(() -> attention.forward(m.queue, h, e, 1, 1));
      assertTrue(rows.contains("do not hold the steps of 2 sequences"), rows);
      assertThrows(
          IllegalArgumentException.class,
          () -> attention.infer(m.queue, h, e, LENGTHS, m.zeros(N, H), null));
      AttentionPass pass = attention.forward(m.queue, h, e, LENGTHS);
      assertThrows(IllegalArgumentException.class, () -> pass.backward(m.zeros(T * N, H), null, h));
      pass.backward(m.zeros(T * N, H), null, null);
      assertThrows(IllegalStateException.class, pass::output);
    }
  }

  private static String failure(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
