package io.carousel.lab;

import java.io.IOException;

/**
 * One idea put to the test. An experiment has no state: the same setting gives the same outcome,
 * bit for bit, times apart.
 */
public interface Experiment {
  /** The word on the command line, such as {@code vanishing}. */
  String name();

  /** What is asked, in one line of at most 64 characters. */
  String question();

  /**
   * Runs the experiment through the library's own models, trainers and optimizers.
   *
   * @param setting device, scale and seed
   * @return what came out, passed or not
   * @throws IOException when training fails to write or read
   */
  Outcome run(Setting setting) throws IOException;
}
