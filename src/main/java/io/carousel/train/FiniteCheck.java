package io.carousel.train;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;

/** Finds out which parameters are to blame when a loss or a gradient norm is not finite. */
final class FiniteCheck {
  private FiniteCheck() {}

  /** Throws unless both are finite; nothing was updated yet. */
  static void require(
      double loss,
      double gradientNorm,
      long step,
      int epoch,
      Queue queue,
      ParameterSet parameters) {
    if (Double.isFinite(loss) && Double.isFinite(gradientNorm)) {
      return;
    }
    List<String> values = new ArrayList<>();
    List<String> gradients = new ArrayList<>();
    for (Parameter parameter : parameters) {
      if (!isFinite(queue, parameter.value())) {
        values.add(parameter.path());
      }
      if (!isFinite(queue, parameter.gradient())) {
        gradients.add(parameter.path());
      }
    }
    throw new TrainingException(
        "step %d (epoch %d): loss is %s, gradient norm %s; weights not finite: %s; gradients not finite: %s; %s"
            .formatted(
                step, epoch, loss, gradientNorm, list(values), list(gradients), advice(values)));
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static String advice(List<String> values) {
    return values.isEmpty()
        ? "look for NaN or huge numbers in the data, clip gradients, or lower the learning rate"
        : "an earlier step broke the weights: lower the learning rate or clip gradients";
  }

  private static boolean isFinite(Queue queue, Matrix matrix) {
    double[] data = new double[Math.toIntExact(matrix.size())];
    queue.download(matrix, data, 0);
    for (double value : data) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
