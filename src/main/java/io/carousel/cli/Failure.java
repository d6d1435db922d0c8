package io.carousel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports what went wrong: one line on standard error, and the exit code. */
final class Failure {
  private Failure() {}

  /** Wrong arguments: what is wrong, what may be meant, where to read more. */
  static int ofArguments(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String message = OptionNames.in(command.getCommandSpec(), String.valueOf(e.getMessage()));
    StringBuilder line = new StringBuilder(Printable.text(message));
    if (e instanceof UnmatchedArgumentException unmatched) {
      line.append(Tasks.hint(command.getCommandSpec(), unmatched));
    }
    line.append(DataHint.of(command, line.toString()));
    String name = command.getCommandSpec().qualifiedName();
    print(command, "%s (see %s --help)".formatted(line, name));
    return ExitCode.USAGE;
  }

  /** Something failed while a command ran. */
  static int of(Throwable e, CommandLine command, boolean debug) {
    String line = line(e);
    print(command, line + DataHint.of(command, line));
    if (debug) {
      PrintWriter err = command.getErr();
      e.printStackTrace(err);
      err.flush();
    }
    return ExitCode.SOFTWARE;
  }

  /** One line on standard error, led by the command's name. */
  static void print(CommandLine command, String line) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + line);
    err.flush();
  }

  /** What an exception says, in words for people. */
  static String line(Throwable e) {
    return Printable.text(words(e));
  }

  private static String words(Throwable e) {
    if (e instanceof UncheckedIOException && e.getCause() instanceof IOException cause) {
      boolean ownMessage = !String.valueOf(e.getMessage()).equals(cause.toString());
      return ownMessage ? String.valueOf(e.getMessage()) : words(cause);
    }
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile() + ": " + reason(file);
    }
    if (e instanceof OutOfMemoryError) {
      return "out of memory: %s; make it smaller or give Java more (CAROUSEL_JAVA_OPTS=-Xmx8g)"
          .formatted(e.getMessage());
    }
    boolean explained =
        e instanceof IOException
            || e instanceof IllegalArgumentException
            || e.getClass().getPackageName().startsWith("io.carousel.");
    String message = e.getMessage();
    if (explained && message != null) {
      return message;
    }
    return "unexpected %s%s (--debug shows where)"
        .formatted(e.getClass().getSimpleName(), message == null ? "" : ": " + message);
  }

  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    return "cannot be used";
  }
}
