package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.function.Executable;

/** Asserts that bad input is refused with a message that says what is wrong. */
public final class Refusal {
  private Refusal() {}

  /** Runs {@code call}, which must throw {@code type} with all {@code parts} in its message. */
  public static void expect(Class<? extends Exception> type, Executable call, String... parts) {
    String message = Objects.requireNonNull(assertThrows(type, call).getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no '" + part + "' in: " + message);
    }
  }
}
