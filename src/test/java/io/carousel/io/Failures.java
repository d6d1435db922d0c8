package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** Asserts that a call fails with one clear line. */
final class Failures {
  private Failures() {}

  /** The message of the exception, which must be of that type and fill one line. */
  static <T extends Throwable> String message(Class<T> type, Executable call) {
    String message = String.valueOf(assertThrows(type, call).getMessage());
    assertFalse(message.contains("\n"), message);
    return message;
  }

  /** The call is refused with the file's name, a colon and one of the problems (a|b). */
  static void assertProblem(Executable call, Path file, String problems) {
    String message = message(ModelFormatException.class, call);
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(Stream.of(problems.split("\\|")).anyMatch(message::contains), message);
  }

  /** The argument is refused with a message that holds {@code problem}. */
  static void assertBadArgument(Executable call, String problem) {
    String message = message(IllegalArgumentException.class, call);
    assertTrue(message.contains(problem), message);
  }
}
