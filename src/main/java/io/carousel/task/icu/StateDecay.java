package io.carousel.task.icu;

import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Gru;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a GRU step by step and lets its state decay before each: ĥ_{t−1} = γ_t∘h_{t−1}, with γ_t the
 * {@link Decay} of the times since all variables were measured (Che et al. 2018, equation 12). Each
 * step is a pass of its own of the GRU, so the input's products are not batched over the steps.
 */
final class StateDecay {
  private final MatrixPool pool;
  private final Gru gru;
  private final Decay decay;

  StateDecay(Gru gru, ParameterSet parameters, MatrixPool pool, String path) {
    this.pool = pool;
    this.gru = gru;
    decay = Decay.full(parameters, pool, path, StayFeatures.VARIABLES, gru.spec().hiddenSize());
  }

  /**
   * Runs forward for training.
   *
   * @param shape dense, T steps of N stays
   * @param times [T·N, 37] since each variable was measured
   * @param input [T·N, F], unchanged until backward
   */
  Pass forward(Queue queue, PackedShape shape, Matrix times, Matrix input, int draw) {
    return new Pass(queue, shape, times, input, draw);
  }

  /** An open pass over all steps. */
  final class Pass implements AutoCloseable {
    private final Queue queue;
    private final int n;
    private final Decay.Pass gamma;
    private final Matrix states;
    private final List<RecurrentLayer.Pass> steps = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private Pass(Queue queue, PackedShape shape, Matrix times, Matrix input, int draw) {
      this.queue = queue;
      n = shape.batchSize();
      try {
        gamma = decay.forward(queue, times);
        opened.add(gamma);
        states = lease(shape.rows());
        PackedShape one = PackedShape.dense(1, n);
        for (int t = 0; t < shape.steps(); t++) {
          Matrix start = lease(n);
          if (t == 0) {
            queue.fill(start, 0);
          } else {
            queue.multiply(step(gamma.gamma(), t), step(states, t - 1), start);
          }
          RecurrentLayer.Pass pass = gru.forward(queue, one, step(input, t), start, null, draw);
          opened.add(pass);
          steps.add(pass);
          queue.copy(pass.output(), step(states, t));
        }
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        throw e;
      }
    }

    private Matrix lease(int rows) {
      Matrix matrix = pool.lease(rows, gru.spec().hiddenSize());
      opened.add(() -> pool.release(matrix));
      return matrix;
    }

    private Matrix step(Matrix rows, int t) {
      return rows.rows(t * n, n);
    }

    /** h of every step, [T·N, H]. */
    Matrix output() {
      return states;
    }

    /** Adds to the gradients of GRU and decay; dInput [T·N, F] is overwritten. */
    void backward(Matrix dOutput, Matrix dInput) {
      Matrix dGamma = lease(dOutput.rows());
      Matrix dState = lease(n);
      Matrix dStart = lease(n);
      queue.fill(dState, 0);
      for (int t = steps.size() - 1; t >= 0; t--) {
        steps.get(t).backward(step(dOutput, t), dState, null, step(dInput, t), dStart, null);
        if (t == 0) {
          queue.fill(step(dGamma, 0), 0); // the first state is 0, whatever decays
        } else {
          queue.multiply(dStart, step(states, t - 1), step(dGamma, t));
          queue.multiply(dStart, step(gamma.gamma(), t), dState);
        }
      }
      gamma.backward(dGamma);
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
      opened.clear();
    }
  }
}
