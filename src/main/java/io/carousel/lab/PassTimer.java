package io.carousel.lab;

import io.carousel.device.BufferScope;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RandomStream;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * An LSTM with a batch of random numbers, as many inputs as units, whose passes are timed. Keeps
 * the shortest times: what disturbs a measurement makes it longer, never shorter.
 */
final class PassTimer implements AutoCloseable {
  private final int steps;
  private final int batchSize;
  private final int hidden;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Queue queue;
  private final Lstm layer;
  private final Matrix input;
  private final Matrix dOutput;
  private final Matrix dInput;
  private double forward = Double.POSITIVE_INFINITY;
  private double backward = Double.POSITIVE_INFINITY;

  PassTimer(Device device, int steps, int batchSize, int hidden) {
    this.steps = steps;
    this.batchSize = batchSize;
    this.hidden = hidden;
    try {
      queue = owned(device.openQueue());
      ParameterSet parameters = owned(new ParameterSet(queue, 1, "timer"));
      layer = owned(Lstm.builder(hidden, hidden).build(parameters, "lstm"));
      BufferScope scope = owned(new BufferScope(device, "timer"));
      input = scope.reals("input", steps * batchSize, hidden);
      dOutput = scope.reals("dOutput", steps * batchSize, hidden);
      dInput = scope.reals("dInput", steps * batchSize, hidden);
    } catch (RuntimeException e) {
      CloseAll.after(e, owned);
      throw e;
    }
    fill(input, "input");
    fill(dOutput, "dOutput");
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  private void fill(Matrix matrix, String purpose) {
    RandomStream random = new RandomStream(1, "lab/cost/" + purpose);
    float[] values = new float[Math.toIntExact(matrix.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    queue.upload(values, 0, matrix);
  }

  /**
   * Makes a pass; its times count when they are the shortest so far.
   *
   * @return whether one of them was shorter than before by more than 2 %
   */
  boolean measure() {
    PackedShape shape = PackedShape.dense(steps, batchSize);
    queue.synchronize();
    long start = System.nanoTime();
    try (RecurrentLayer.Pass pass = layer.forward(queue, shape, input, null, null, 0)) {
      queue.synchronize();
      long middle = System.nanoTime();
      pass.backward(dOutput, null, null, dInput, null, null);
      queue.synchronize();
      double latestForward = (middle - start) * 1e-9;
      double latestBackward = (System.nanoTime() - middle) * 1e-9;
      boolean gained = latestForward < 0.98 * forward || latestBackward < 0.98 * backward;
      forward = Math.min(forward, latestForward);
      backward = Math.min(backward, latestBackward);
      return gained;
    }
  }

  /** Forgets the times of the warm-up. */
  void reset() {
    forward = Double.POSITIVE_INFINITY;
    backward = Double.POSITIVE_INFINITY;
  }

  /** Seconds of the shortest forward pass. */
  double forward() {
    return forward;
  }

  /** Seconds of the shortest backward pass. */
  double backward() {
    return backward;
  }

  /** Multiplications and additions of the forward products, T·N·4H·(I + H) of each, I = H. */
  double forwardFlop() {
    return 2.0 * steps * batchSize * 4 * hidden * (2 * hidden);
  }

  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
