package io.carousel;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime, for tests that compare with it. */
public final class OnnxRuntime {
  private static @Nullable OrtEnvironment environment;

  private OnnxRuntime() {}

  /** The one environment of this process, never closed. */
  public static synchronized OrtEnvironment environment() {
    if (environment == null) {
      environment = open();
    }
    return environment;
  }

  /** Version 1.29 takes a stack as deep as the command line is long, and a class path is long. */
  private static OrtEnvironment open() {
    FutureTask<OrtEnvironment> opening =
        new FutureTask<>(
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL));
    new Thread(null, opening, "open ONNX Runtime", 256L << 20).start();
    try {
      return opening.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
