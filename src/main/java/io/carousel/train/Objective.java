package io.carousel.train;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.Map;

/**
 * What a {@link Trainer} minimises: a weighted mean over the rows of batches. Used by the thread
 * that holds its queue.
 *
 * @param <B> a batch on the host
 */
public interface Objective<B> extends AutoCloseable {
  /** The parameters that learn. */
  ParameterSet parameters();

  /**
   * The recurrent stacks that learn, by the path that leads their parameters' names, such as {@code
   * rnn}: what gradient flow is measured in.
   */
  default Map<String, RecurrentLayer> recurrentStacks() {
    return Map.of();
  }

  /** Where the work goes. */
  Queue queue();

  /** Σ of the weights of a batch, over which the mean is taken; 0 when everything is masked. */
  double weight(B batch);

  /**
   * Runs forward and backward: adds the batch's share of the mean, and its gradients.
   *
   * @param batch with targets
   * @param totalWeight Σ of {@link #weight} over all batches of the step
   * @param draw number of the pass for dropout
   * @param loss [1, 1] on the device; accumulated
   */
  void accumulate(B batch, double totalWeight, int draw, Matrix loss);

  /** Adds the batch's share of the mean without dropout and gradients. */
  void evaluate(B batch, double totalWeight, Matrix loss);

  /**
   * Forgets what was carried from batch to batch of an epoch, in training or in evaluation. Does
   * nothing unless the objective carries something.
   */
  default void startEpoch(boolean training) {}

  /**
   * What is carried from batch to batch of the training epoch, by name; empty when nothing is, as
   * it is unless the objective says otherwise. Blocks.
   */
  default Map<String, double[]> exportCarried() {
    return Map.of();
  }

  /**
   * Restores what {@link #exportCarried} gave.
   *
   * @throws IllegalArgumentException when the arrays are not of this objective, such as any array
   *     at all where nothing is carried
   */
  default void importCarried(Map<String, double[]> arrays) {
    if (!arrays.isEmpty()) {
      throw new IllegalArgumentException("nothing is carried here, got " + arrays.keySet());
    }
  }

  /** Frees what the objective holds beside the model; does nothing the second time. */
  @Override
  void close();
}
