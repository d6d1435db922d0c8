package io.carousel.task.icu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.data.SequenceBatch;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import io.carousel.nn.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MortalityNetTest {
  private static final int STEPS = 4;
  private static final int STAYS = 3;
  private static final int DRAW = 5;

  private static SequenceBatch batch() {
    RandomStream random = new RandomStream(1, "test");
    float[] features = new float[STEPS * STAYS * StayFeatures.COUNT];
    for (int row = 0; row < STEPS * STAYS; row++) {
      for (int f = 0; f < StayFeatures.COUNT; f++) {
        int block = f / StayFeatures.VARIABLES;
        double value = random.nextGaussian();
        if (block == StayFeatures.Block.MEASURED.ordinal()) {
          value = value > 0 ? 1 : 0;
        } else if (block == StayFeatures.Block.SINCE.ordinal()) {
          value = Math.abs(value);
        }
        features[row * StayFeatures.COUNT + f] = (float) value;
      }
    }
    float[] targets = {1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0};
    float[] weights = {1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 5, 5};
    return SequenceBatch.ofFeatures(PackedShape.dense(STEPS, STAYS), StayFeatures.COUNT, features)
        .withTargets(new SequenceBatch.Targets(true, 1, targets, new int[0], weights));
  }

  /** Central differences of the real objective, with dropout, of some weights of each tensor. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAreThoseOfTheLoss(boolean decay) {
    try (Device device = Devices.open("reference");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 3, 2, decay, 0.3, 0.3), device, 1);
        BufferScope scope = new BufferScope(device, "test")) {
      MortalityObjective objective = new MortalityObjective(net);
      Matrix loss = scope.reals("loss", 1, 1);
      List<MemberBatch> step = List.of(new MemberBatch(0, batch()), new MemberBatch(1, batch()));
      loss(objective, step, loss);
      Map<String, double[]> gradients = new HashMap<>();
      net.parameters().forEach(p -> gradients.put(p.path(), p.downloadGradient(net.queue())));
      for (Parameter parameter : net.parameters()) {
        double[] gradient = gradients.get(parameter.path());
        double[] values = parameter.download(net.queue());
        double largest = 0;
        for (int i = 0; i < values.length; i += 1 + values.length / 5) {
          double kept = values[i];
          double h = 1e-5;
          values[i] = kept + h;
          parameter.upload(net.queue(), values);
          double above = loss(objective, step, loss);
          values[i] = kept - h;
          parameter.upload(net.queue(), values);
          double below = loss(objective, step, loss);
          values[i] = kept;
          parameter.upload(net.queue(), values);
          double numeric = (above - below) / (2 * h);
          assertEquals(numeric, gradient[i], 1e-8 + 1e-6 * Math.abs(numeric), parameter.path());
          largest = Math.max(largest, Math.abs(numeric));
        }
        assertEquals(true, largest > 1e-7, () -> parameter.path() + " takes no part");
      }
      assertEquals(0, net.pool().lentCount(), "everything was given back");
    }
  }

  private static double loss(MortalityObjective objective, List<MemberBatch> step, Matrix loss) {
    objective.parameters().zeroGradients(objective.queue());
    objective.queue().fill(loss, 0);
    objective.accumulate(step, objective.weight(step), DRAW, loss);
    double[] value = new double[1];
    objective.queue().download(loss, value, 0);
    return value[0];
  }

  /** Without dropout, training and inference compute the same. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void inferenceIsTheForwardPass(boolean decay) {
    try (Device device = Devices.open("cpu");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 4, 1, decay, 0, 0), device, 1)) {
      double[] trained = new double[STEPS * STAYS];
      try (Member.Pass pass = net.forward(0, batch(), DRAW)) {
        net.queue().download(pass.output(), trained, 0);
      }
      Matrix output = net.infer(0, batch());
      double[] inferred = new double[STEPS * STAYS];
      net.queue().download(output, inferred, 0);
      net.pool().release(output);
      assertArrayEquals(trained, inferred, 1e-5);
      assertEquals(0, net.pool().lentCount());
    }
  }

  /** γ = 2σ(−max(0, w·δ)): 1 at once, then less and less; a measured value does not decay. */
  @Test
  void carriedValuesFadeAndMeasuredOnesDoNot() {
    try (Device device = Devices.open("reference");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 1, 1, true, 0, 0), device, 1)) {
      int v = StayFeatures.VARIABLES;
      double[] features = new double[3 * StayFeatures.COUNT];
      double[] times = {0, 1, 1};
      double[] measured = {0, 0, 1};
      for (int row = 0; row < 3; row++) {
        features[row * StayFeatures.COUNT + StayFeatures.Block.LAST.column()] = 3;
        features[row * StayFeatures.COUNT + StayFeatures.Block.SINCE.column()] = times[row];
        features[row * StayFeatures.COUNT + StayFeatures.Block.MEASURED.column()] = measured[row];
      }
      double w = net.parameters().get("member0.input_decay.weight").download(net.queue())[0];
      InputDecay decay = new InputDecay(net.parameters(), net.pool(), "again");
      net.parameters().get("again.weight").upload(net.queue(), filled(v, w));
      Matrix x = net.pool().lease(3, StayFeatures.COUNT);
      net.queue().upload(features, 0, x);
      decay.forward(net.queue(), x).close();
      double[] after = new double[features.length];
      net.queue().download(x, after, 0);
      net.pool().release(x);
      assertEquals(3, after[0], 1e-12);
      assertEquals(3 * 2 / (1 + Math.exp(w)), after[StayFeatures.COUNT], 1e-12);
      assertEquals(3, after[2 * StayFeatures.COUNT], 1e-12);
    }
  }

  private static double[] filled(int size, double value) {
    double[] values = new double[size];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void staysOfUnequalLengthAreRefused() {
    try (Device device = Devices.open("cpu");
        MortalityNet net =
            new MortalityNet(
                new MortalityNet.Spec(StayFeatures.COUNT, 1, 1, false, 0, 0), device, 1)) {
      SequenceBatch ragged =
          SequenceBatch.ofFeatures(
              PackedShape.of(2, 1), StayFeatures.COUNT, new float[4 * StayFeatures.COUNT]);
      assertThrows(IllegalArgumentException.class, () -> net.infer(0, ragged));
      assertThrows(IllegalArgumentException.class, () -> net.forward(0, ragged, DRAW));
    }
  }
}
