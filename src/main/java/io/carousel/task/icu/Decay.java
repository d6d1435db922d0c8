package io.carousel.task.icu;

import io.carousel.device.Activation;
import io.carousel.device.CloseAll;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.nn.Initializer;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of a value is left after some time: γ = 2·σ(−max(0, δ·Wᵀ + b)), which is 1 at first and
 * falls to 0, learned per value.
 *
 * <p>GRU-D (Che et al., Scientific Reports 8, 2018, equation 10) has exp(−max(0, …)) in its place;
 * both are 1 at 0 and fall exponentially. W starts positive, so that every decay learns; it is
 * full, or diagonal ("each value by its own time alone").
 */
final class Decay {
  private final MatrixPool pool;
  private final Parameter weight;
  private final Parameter bias;
  private final boolean diagonal;

  private Decay(
      ParameterSet parameters, MatrixPool pool, String path, int[] shape, boolean diagonal) {
    this.pool = pool;
    this.diagonal = diagonal;
    double most = diagonal ? 1 : 2.0 / shape[shape.length - 1];
    weight = parameters.add(path + ".weight", shape, Initializer.uniform(0, most));
    bias = parameters.add(path + ".bias", new int[] {shape[0]}, Initializer.zeros());
  }

  /** One decay per time: δ [rows, size] to γ [rows, size]. */
  static Decay diagonal(ParameterSet parameters, MatrixPool pool, String path, int size) {
    return new Decay(parameters, pool, path, new int[] {size}, true);
  }

  /** Decays by all times: δ [rows, times] to γ [rows, size]. */
  static Decay full(ParameterSet parameters, MatrixPool pool, String path, int times, int size) {
    return new Decay(parameters, pool, path, new int[] {size, times}, false);
  }

  /** γ of δ; the pass holds it until it is closed. */
  Pass forward(Queue queue, Matrix times) {
    return new Pass(queue, times);
  }

  /** γ with what its gradient needs. */
  final class Pass implements AutoCloseable {
    private final Queue queue;
    private final Matrix times;
    private final Matrix positive;
    private final Matrix sigmoid;
    private final Matrix gamma;
    private final List<AutoCloseable> leases = new ArrayList<>();

    private Pass(Queue queue, Matrix times) {
      this.queue = queue;
      this.times = times;
      positive = lease();
      sigmoid = lease();
      gamma = lease();
      if (diagonal) {
        broadcast(weight.value(), positive);
        queue.multiply(times, positive, positive);
      } else {
        queue.gemm(false, true, 1, times, weight.value(), 0, positive);
      }
      queue.addBias(positive, bias.value());
      queue.activationForward(Activation.RELU, positive, positive);
      queue.copy(positive, sigmoid);
      queue.scale(-1, sigmoid);
      queue.activationForward(Activation.SIGMOID, sigmoid, sigmoid);
      queue.copy(sigmoid, gamma);
      queue.scale(2, gamma);
    }

    private Matrix lease() {
      Matrix matrix = pool.lease(times.rows(), bias.columns());
      leases.add(() -> pool.release(matrix));
      return matrix;
    }

    /** Each row of {@code rows} ← {@code row}. */
    private void broadcast(Matrix row, Matrix rows) {
      queue.fill(rows, 0);
      queue.addBias(rows, row);
    }

    Matrix gamma() {
      return gamma;
    }

    /** Adds to the gradients of W and b; overwrites dGamma. Times learn nothing. */
    void backward(Matrix dGamma) {
      queue.scale(-2, dGamma);
      queue.activationBackward(Activation.SIGMOID, sigmoid, dGamma, dGamma);
      queue.activationBackward(Activation.RELU, positive, dGamma, dGamma);
      queue.sumRows(dGamma, 1, bias.gradient());
      if (diagonal) {
        queue.multiply(dGamma, times, dGamma);
        queue.sumRows(dGamma, 1, weight.gradient());
      } else {
        queue.gemm(true, false, 1, dGamma, times, 1, weight.gradient());
      }
    }

    @Override
    public void close() {
      CloseAll.inReverse(leases);
      leases.clear();
    }
  }
}
