package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void whatTheFileSystemAnswersIsPutIntoWords() {
    assertEquals("x: no such file or folder", Failure.line(new NoSuchFileException("x")));
    assertEquals("x: permission denied", Failure.line(new AccessDeniedException("x")));
    assertEquals("x: exists already", Failure.line(new FileAlreadyExistsException("x")));
    assertEquals("x: not a folder", Failure.line(new NotDirectoryException("x")));
    assertEquals("x: full", Failure.line(new NoSuchFileException("x", null, "full")));
  }

  @Test
  void messagesForPeopleStayAsTheyAre() {
    assertEquals("no device", Failure.line(new DeviceException("no device")));
    assertEquals("T is 0", Failure.line(new IllegalArgumentException("T is 0")));
    assertEquals("disk full", Failure.line(new IOException("disk full")));
    IOException cause = new NoSuchFileException("x");
    assertEquals("x: no such file or folder", Failure.line(new UncheckedIOException(cause)));
    assertEquals("cannot write x", Failure.line(new UncheckedIOException("cannot write x", cause)));
  }

  @Test
  void whatNobodyExpectedSaysSo() {
    assertEquals(
        "unexpected ArithmeticException: / by zero (--debug shows where)",
        Failure.line(new ArithmeticException("/ by zero")));
    assertEquals(
        "unexpected NullPointerException (--debug shows where)",
        Failure.line(new NullPointerException()));
  }

  @Test
  void aMessageOfSeveralLinesBecomesOne() {
    assertEquals("one two", Failure.line(new IOException("one\r\ntwo\n")));
  }
}
