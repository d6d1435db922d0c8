package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command printed and how it ended, run within this process. */
record Cli(int exitCode, String out, String err) {
  static Cli run(Object... args) {
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Cli(code, out.toString(), err.toString());
  }

  /** It ended with that code and one line of error that says {@code words}, without a trace. */
  Cli failed(int code, String words) {
    assertEquals(code, exitCode, () -> "exit code; " + this);
    assertEquals(1, err.lines().count(), () -> "lines of error; " + this);
    assertTrue(err.startsWith("carousel"), err);
    assertTrue(err.contains(words), () -> "'" + words + "' in " + err);
    for (String trace : new String[] {"\tat ", "java.lang", "Exception", "null"}) {
      assertFalse(err.contains(trace), () -> "'" + trace + "' in " + err);
    }
    return this;
  }

  /** It ended well and printed no error. */
  Cli succeeded() {
    assertEquals(0, exitCode, this::toString);
    assertEquals("", err);
    return this;
  }

  /** It printed a line that matches the whole expression. */
  Cli printed(String expression) {
    assertTrue(
        out.lines().anyMatch(line -> line.matches(expression)), () -> expression + ": " + out);
    return this;
  }
}
