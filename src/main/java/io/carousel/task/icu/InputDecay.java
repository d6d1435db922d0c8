package io.carousel.task.icu;

import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets the last value of a variable fall back to the training mean, which is 0, the longer ago it
 * was measured: x̂ = m∘x + (1 − m)∘γ∘x′, with m whether it was measured in this hour, x′ the last
 * value and γ the {@link Decay} of the time since then (Che et al. 2018, equation 11). It acts on
 * the {@link StayFeatures.Block#LAST} columns; all others stay as they are.
 */
final class InputDecay {
  private final MatrixPool pool;
  private final Decay decay;

  InputDecay(ParameterSet parameters, MatrixPool pool, String path) {
    this.pool = pool;
    decay = Decay.diagonal(parameters, pool, path, StayFeatures.VARIABLES);
  }

  /** Changes the features [rows, F] in place. */
  Pass forward(Queue queue, Matrix features) {
    return new Pass(queue, features);
  }

  static Matrix block(Matrix features, StayFeatures.Block block) {
    return features.columns(block.column(), StayFeatures.VARIABLES);
  }

  /** What the gradients need. */
  final class Pass implements AutoCloseable {
    private final Queue queue;
    private final Matrix carried;
    private final Decay.Pass gamma;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private Pass(Queue queue, Matrix features) {
      this.queue = queue;
      Matrix last = block(features, StayFeatures.Block.LAST);
      Matrix times = lease(features.rows());
      queue.copy(block(features, StayFeatures.Block.SINCE), times);
      Matrix measured = lease(features.rows());
      queue.copy(block(features, StayFeatures.Block.MEASURED), measured);
      carried = lease(features.rows());
      queue.copy(last, carried);
      queue.multiply(measured, carried, measured);
      queue.axpy(-1, measured, carried);
      gamma = decay.forward(queue, times);
      opened.add(gamma);
      Matrix decayed = lease(features.rows());
      queue.multiply(gamma.gamma(), carried, decayed);
      queue.axpy(1, measured, decayed);
      queue.copy(decayed, last);
    }

    private Matrix lease(int rows) {
      Matrix matrix = pool.lease(rows, StayFeatures.VARIABLES);
      opened.add(() -> pool.release(matrix));
      return matrix;
    }

    /** Adds to the gradients of the decay, from that of the features; these learn nothing. */
    void backward(Matrix dFeatures) {
      Matrix dGamma = lease(dFeatures.rows());
      queue.copy(block(dFeatures, StayFeatures.Block.LAST), dGamma);
      queue.multiply(dGamma, carried, dGamma);
      gamma.backward(dGamma);
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
      opened.clear();
    }
  }
}
