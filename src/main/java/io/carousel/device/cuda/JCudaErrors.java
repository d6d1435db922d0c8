package io.carousel.device.cuda;

import java.util.Locale;
import jcuda.runtime.cudaError;

/** JCuda's words, made short. */
final class JCudaErrors {
  private JCudaErrors() {}

  /** {@code cudaErrorNoDevice (100)}. */
  static String text(int status) {
    return "%s (%d)".formatted(cudaError.stringFor(status), status);
  }

  /** The line of a failure that has its cause; JCuda's own message is two stack traces. */
  static String line(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    for (String line : message.lines().toList()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.contains("cannot open shared object")
          || lower.contains("failed to map segment")
          || lower.contains("not found (required by")
          || lower.contains("no space left")
          || lower.contains("file too short")) {
        return line.strip().replaceFirst("^[\\w.]*(Error|Exception): ", "");
      }
    }
    return message.lines().findFirst().orElse(failure.getClass().getSimpleName());
  }
}
