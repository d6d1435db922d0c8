package io.carousel;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.carousel.device.CloseAll;
import io.carousel.io.onnx.OnnxTensor;
import io.carousel.io.onnx.OnnxType;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Runs models in ONNX Runtime, for tests that compare with it. */
public final class OnnxRuntime implements AutoCloseable {
  private static @Nullable OrtEnvironment shared;

  private final OrtEnvironment environment;
  private final OrtSession session;

  /** A model as its file holds it. */
  public OnnxRuntime(byte[] model) throws OrtException {
    environment = environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      session = environment.createSession(model, options);
    }
  }

  /**
   * The one environment of this process, never closed. Version 1.29 looks at the command line by
   * recursion, a few hundred bytes of stack for each of its characters, and a class path may be
   * long.
   */
  public static synchronized OrtEnvironment environment() {
    if (shared != null) {
      return shared;
    }
    FutureTask<OrtEnvironment> opening =
        new FutureTask<>(
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL));
    new Thread(null, opening, "open ONNX Runtime", 256L << 20).start();
    try {
      shared = opening.get();
      return shared;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a model once. */
  public static Map<String, OnnxTensor> run(byte[] model, Map<String, OnnxTensor> inputs)
      throws OrtException {
    try (OnnxRuntime runtime = new OnnxRuntime(model)) {
      return runtime.run(inputs);
    }
  }

  /** The outputs by name, in the graph's order. */
  public Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws OrtException {
    List<AutoCloseable> opened = new ArrayList<>();
    Map<String, ai.onnxruntime.OnnxTensor> given = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, OnnxTensor> input : inputs.entrySet()) {
        ai.onnxruntime.OnnxTensor tensor = tensor(input.getValue());
        opened.add(tensor);
        given.put(input.getKey(), tensor);
      }
      Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
      OrtSession.Result result = session.run(given);
      opened.add(result);
      result.forEach(
          output ->
              outputs.put(output.getKey(), tensor((ai.onnxruntime.OnnxTensor) output.getValue())));
      return outputs;
    } finally {
      CloseAll.inReverse(opened);
    }
  }

  private ai.onnxruntime.OnnxTensor tensor(OnnxTensor tensor) throws OrtException {
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    return switch (tensor.type()) {
      case FLOAT ->
          ai.onnxruntime.OnnxTensor.createTensor(
              environment, FloatBuffer.wrap(tensor.floats()), shape);
      case DOUBLE ->
          ai.onnxruntime.OnnxTensor.createTensor(
              environment, DoubleBuffer.wrap(tensor.values()), shape);
      case INT32 ->
          ai.onnxruntime.OnnxTensor.createTensor(
              environment,
              IntBuffer.wrap(Arrays.stream(tensor.values()).mapToInt(x -> (int) x).toArray()),
              shape);
      case INT64 ->
          ai.onnxruntime.OnnxTensor.createTensor(
              environment,
              LongBuffer.wrap(Arrays.stream(tensor.values()).mapToLong(x -> (long) x).toArray()),
              shape);
      case BOOL -> throw new IllegalArgumentException("not needed so far");
    };
  }

  private static OnnxTensor tensor(ai.onnxruntime.OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    int[] shape = Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray();
    if (info.type == OnnxJavaType.DOUBLE) {
      return new OnnxTensor(OnnxType.DOUBLE, shape, tensor.getDoubleBuffer().array());
    }
    FloatBuffer values = tensor.getFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return OnnxTensor.floats(floats, shape);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
