package io.carousel.train;

/** Follows training; called on the training thread. All methods do nothing unless overridden. */
public interface TrainingListener {
  /**
   * Training starts or goes on.
   *
   * @param epochs planned
   * @param stepsPerEpoch optimizer steps
   * @param stepsDone more than 0 when it goes on
   */
  default void started(int epochs, int stepsPerEpoch, long stepsDone) {}

  /**
   * A step is about to be made.
   *
   * @param epoch from 1
   * @param stepInEpoch from 1
   * @param trial runs forward and backward of the step's batches, as often as it is called, and
   *     changes nothing but gradients, which the step sets to zero before it begins
   */
  default void stepStarting(int epoch, int stepInEpoch, Runnable trial) {}

  /**
   * A step was made.
   *
   * @param epoch from 1
   * @param stepInEpoch from 1
   * @param loss of the step
   * @param samples of the step
   */
  default void stepped(int epoch, int stepInEpoch, double loss, int samples) {}

  /** An epoch ended. */
  default void epochEnded(EpochMetrics metrics) {}

  /** Training ended. */
  default void ended(TrainingResult result) {}
}
