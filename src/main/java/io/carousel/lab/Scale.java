package io.carousel.lab;

/** How large an experiment is. */
public enum Scale {
  /** At most 15 seconds on two cores: the form that is a test. */
  QUICK,
  /** At most two minutes on two cores. */
  NORMAL,
  /** The setting of the paper that the experiment follows, however long it takes. */
  FULL
}
