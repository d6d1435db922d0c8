package io.carousel.serve.http;

/** How many numbers an answer may have, which is known before anything is computed. */
final class AnswerLimit {
  private final long most;

  /** A quarter of the bytes of a body, as a number has four. */
  AnswerLimit(HttpLimits limits) {
    most = limits.bodyBytes() / 4;
  }

  /**
   * Lets a request pass whose answer has that many rows.
   *
   * @throws HttpProblem 413
   */
  void require(long rows, int outputs) {
    long numbers = rows * outputs;
    if (numbers > most) {
      throw new HttpProblem(
          413,
          "the answer would have %d numbers, at most %d are given: send less at once"
              .formatted(numbers, most));
    }
  }
}
