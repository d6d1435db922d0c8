package io.carousel.lab;

import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.nn.Draw;
import io.carousel.nn.Layer;
import io.carousel.nn.Loss;
import io.carousel.nn.LossTargets;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.Pass;
import io.carousel.train.Objective;
import java.util.ArrayList;
import java.util.List;

/** A {@link DenseNetwork} with a loss. */
record DenseObjective(DenseNetwork network, Loss loss) implements Objective<Rows> {
  @Override
  public ParameterSet parameters() {
    return network.parameters();
  }

  @Override
  public Queue queue() {
    return network.queue();
  }

  @Override
  public double weight(Rows batch) {
    return loss.weight(batch.targets());
  }

  @Override
  public void accumulate(Rows batch, double totalWeight, int draw, Matrix sum) {
    run(batch, totalWeight, draw, sum, true);
  }

  @Override
  public void evaluate(Rows batch, double totalWeight, Matrix sum) {
    run(batch, totalWeight, 0, sum, false);
  }

  private void run(Rows batch, double totalWeight, int draw, Matrix sum, boolean backward) {
    MatrixPool pool = network.pool();
    List<Pass> passes = new ArrayList<>();
    Matrix input = pool.lease(batch.count(), batch.features());
    Matrix gradient = pool.lease(batch.count(), network.outputs());
    try (LossTargets targets = loss.upload(queue(), batch.targets(), totalWeight)) {
      queue().upload(batch.inputs(), 0, input);
      Matrix output = input;
      for (Layer layer : network.layers()) {
        Pass pass = layer.forward(queue(), output, Draw.of(draw));
        passes.add(pass);
        output = pass.output();
      }
      loss.apply(queue(), output, targets, backward ? gradient : null, sum);
      for (int i = passes.size() - 1; backward && i >= 0; i--) {
        Matrix dInput =
            i == 0 ? null : pool.lease(batch.count(), network.layers().get(i).inputSize());
        passes.get(i).backward(gradient, dInput);
        if (dInput != null) {
          pool.release(gradient);
          gradient = dInput;
        }
      }
    } finally {
      CloseAll.inReverse(passes);
      pool.release(gradient);
      pool.release(input);
    }
  }

  /** The network is its owner's. */
  @Override
  public void close() {}
}
