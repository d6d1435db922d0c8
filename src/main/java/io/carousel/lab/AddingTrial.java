package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.synthetic.AddingProblem;
import io.carousel.optim.Adam;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceObjective;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * One network at the adding problem, with Adam; its last state is read by a linear head.
 *
 * @param steps T of the problem
 * @param rate learning rate
 * @param lesson how it is taught
 */
record AddingTrial(int steps, double rate, Lesson lesson) {
  private static final int EXAMPLES = 500;

  /**
   * What came of it.
   *
   * @param curve of training
   * @param error mean squared error on examples that neither training nor validation saw
   */
  record Result(Lesson.Curve curve, double error) {}

  /** A model of the problem around a stack of two features. */
  static SequenceModel model(RecurrentLayer.Builder<?, ?> cell, Setting setting, long seed) {
    return SequenceModel.around(cell)
        .readout(Readout.LAST_STATE)
        .head(1)
        .build(setting.device(), seed);
  }

  /** Teaches and tests a model. */
  Result run(SequenceModel model, long seed) throws IOException {
    // seeds of the three sets differ from each other and from those of other repetitions
    AddingProblem train = new AddingProblem(steps, Integer.MAX_VALUE, 3 * seed);
    AddingProblem validation = new AddingProblem(steps, EXAMPLES, 3 * seed + 1);
    Lesson.Curve curve =
        lesson.teach(
            SequenceObjective.meanSquaredError(model),
            new Adam(model.parameters(), rate),
            train,
            validation);
    return new Result(curve, error(model, new AddingProblem(steps, EXAMPLES, 3 * seed + 2)));
  }

  private static double error(SequenceModel model, AddingProblem test) {
    int[] all = new int[test.size()];
    Arrays.setAll(all, i -> i);
    SequenceBatch batch = test.batch(all);
    float[] outputs = model.predict(batch);
    float[] sums = Objects.requireNonNull(batch.targets()).values();
    double squares = 0;
    for (int i = 0; i < sums.length; i++) {
      squares += (outputs[i] - sums[i]) * (outputs[i] - sums[i]);
    }
    return squares / sums.length;
  }
}
