package io.carousel.io;

import io.carousel.data.SequenceBatch;

/** A model that can be asked the questions of its {@link Probe} again. */
public interface ProbedModel extends AutoCloseable {
  /**
   * What it makes of some inputs: the same numbers in the same order whenever it is asked, but for
   * the rounding of its device.
   */
  float[] answer(SequenceBatch inputs);

  @Override
  void close();
}
