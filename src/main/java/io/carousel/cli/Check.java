package io.carousel.cli;

/**
 * One line of {@code carousel doctor}.
 *
 * @param subject what was looked at
 * @param status how it is
 * @param finding what was found, and how to mend it where it is wrong
 */
record Check(String subject, Status status, String finding) {
  /** How grave a finding is. */
  enum Status {
    /** As it should be. */
    OK("ok"),
    /** Carousel runs, but slower or with less. */
    WARNING("warning"),
    /** Training does not run. */
    WRONG("WRONG");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  static Check ok(String subject, String finding) {
    return new Check(subject, Status.OK, finding);
  }

  static Check warning(String subject, String finding) {
    return new Check(subject, Status.WARNING, finding);
  }

  static Check wrong(String subject, String finding) {
    return new Check(subject, Status.WRONG, finding);
  }
}
