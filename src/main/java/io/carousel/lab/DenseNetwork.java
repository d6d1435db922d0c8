package io.carousel.lab;

import io.carousel.device.Activation;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.nn.ActivationLayer;
import io.carousel.nn.Initializer;
import io.carousel.nn.Layer;
import io.carousel.nn.Linear;
import io.carousel.nn.Loss;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.SoftmaxCrossEntropy;
import io.carousel.optim.Adam;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers over rows, one after the other: what has no memory, to be held against what has. Linear
 * layers are named {@code layer1}, {@code layer2}, … Used by one thread at a time.
 */
final class DenseNetwork implements AutoCloseable {
  private final Queue queue;
  private final MatrixPool pool;
  private final ParameterSet parameters;
  private final List<Layer> layers = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private int width;
  private int linears;

  /** No layers yet: the identity. */
  DenseNetwork(Device device, long seed, int inputs) {
    width = inputs;
    try {
      queue = owned(device.openQueue());
      parameters = owned(new ParameterSet(queue, seed, "network"));
      pool = owned(new MatrixPool(device, "network"));
    } catch (RuntimeException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  /** Appends xWᵀ + b with PyTorch's initial values. */
  DenseNetwork linear(int outputs) {
    layers.add(new Linear(parameters, pool, "layer" + ++linears, width, outputs));
    width = outputs;
    return this;
  }

  /** Appends xWᵀ with PyTorch's initial values. */
  DenseNetwork linearWithoutBias(int outputs) {
    Initializer initial = Initializer.uniformFan(width);
    layers.add(new Linear(parameters, pool, "layer" + ++linears, width, outputs, initial, null));
    width = outputs;
    return this;
  }

  /** Appends g, element by element. */
  DenseNetwork activation(Activation g) {
    layers.add(new ActivationLayer(pool, g, width));
    return this;
  }

  Queue queue() {
    return queue;
  }

  MatrixPool pool() {
    return pool;
  }

  ParameterSet parameters() {
    return parameters;
  }

  List<Layer> layers() {
    return layers;
  }

  /** Columns of the output. */
  int outputs() {
    return width;
  }

  /** [count, outputs] of [count, inputs], without gradients. */
  double[] predict(int count, float[] inputs) {
    Matrix current = pool.lease(count, inputs.length / count);
    queue.upload(inputs, 0, current);
    for (Layer layer : layers) {
      Matrix next = pool.lease(count, layer.outputSize());
      layer.infer(queue, current, next);
      pool.release(current);
      current = next;
    }
    double[] outputs = new double[count * width];
    queue.download(current, outputs, 0);
    pool.release(current);
    return outputs;
  }

  /** The classes that the network answers. */
  int[] answers(Rows rows) {
    return Scores.largest(predict(rows.count(), rows.inputs()), rows.count());
  }

  /** Trains on labels by cross-entropy; see {@link #teach(Loss, Rows, int, int, double)}. */
  void teach(Rows rows, int epochs, int batchSize, double learningRate) throws IOException {
    teach(new SoftmaxCrossEntropy(pool, width), rows, epochs, batchSize, learningRate);
  }

  /** Trains by Adam, in batches in a new order each epoch. */
  void teach(Loss loss, Rows rows, int epochs, int batchSize, double learningRate)
      throws IOException {
    try (Trainer<Rows> trainer =
        new Trainer<>(
            new DenseObjective(this, loss),
            new Adam(parameters, learningRate),
            new TrainerSettings().epochs(epochs))) {
      trainer.fit(RowBatches.shuffled(rows, batchSize, parameters.seed()));
    }
  }

  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
