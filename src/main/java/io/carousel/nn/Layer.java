package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;

/**
 * A function of each row of a matrix. Its matrices come from the pool that it was made with, so it
 * is used by the pool's thread.
 */
public interface Layer {
  /** Columns of the input. */
  int inputSize();

  /** Columns of the output. */
  int outputSize();

  /**
   * Runs forward for training.
   *
   * @param queue where the work goes, also that of backward
   * @param input [rows, inputSize]; read now and again by backward, so it must stay unchanged until
   *     then
   * @param draw which random numbers dropout takes; {@link Draw#NONE} where nothing is drawn
   * @return the pass, open until backward or close
   */
  Pass forward(Queue queue, Matrix input, Draw draw);

  /** Runs forward for training in a layer that draws no random numbers. */
  default Pass forward(Queue queue, Matrix input) {
    return forward(queue, input, Draw.NONE);
  }

  /**
   * Runs forward without dropout and keeps nothing.
   *
   * @param queue where the work goes
   * @param input [rows, inputSize]; read
   * @param output [rows, outputSize]; overwritten
   */
  void infer(Queue queue, Matrix input, Matrix output);
}
