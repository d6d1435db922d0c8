package io.carousel.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.Products;
import io.carousel.io.ModelFingerprint;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.StreamStateFile;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.rnn.StreamInference;
import io.carousel.rnn.StreamState;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An immutable model that any number of threads use at once. Its weights are on the device once;
 * calls compute in a bounded number of runners. The bits of a sequence's outputs depend on that
 * sequence alone: not on the batch, the pieces in which it comes, or what else runs.
 *
 * <pre>{@code
 * try (Device device = Devices.open("auto");
 *     ServedModel model = ServedModel.load(Path.of(args[0]), device)) {
 *   ...
 *     forecasts.add(threads.submit(() -> monitor(model, phase)));
 *   ...
 * }
 * }</pre>
 */
public final class ServedModel implements AutoCloseable {
  private final Runners runners;
  private final SequenceModelSpec spec;
  private final ElementType realType;
  private final ObjectNode notes;
  private final String fingerprint;
  private final @Nullable String whyNotStreaming;

  private ServedModel(SequenceModel model, ObjectNode notes, int runners) {
    this.notes = notes;
    spec = model.spec();
    realType = model.queue().device().realType();
    fingerprint = ModelFingerprint.of(model);
    whyNotStreaming = StreamInference.whyNot(spec);
    this.runners = new Runners(model, runners);
  }

  /** Loads a model with default options; see {@link #load(Path, Device, ServingOptions)}. */
  public static ServedModel load(Path file, Device device) throws IOException {
    return load(file, device, ServingOptions.DEFAULT);
  }

  /**
   * Loads a model.
   *
   * @param file written by {@link SequenceModelFile}
   * @param device where it runs; stays open longer than the model
   * @throws io.carousel.io.ModelFormatException when the file is no such model, or is to be
   *     {@linkplain ServingOptions#verified verified} and has no probe, was damaged or answers
   *     otherwise than when it was saved
   * @throws IOException when the file cannot be read
   */
  public static ServedModel load(Path file, Device device, ServingOptions options)
      throws IOException {
    SequenceModelFile.Loaded loaded =
        SequenceModelFile.loadForInference(
            file,
            device.openQueue(Products.ROW_INVARIANT),
            options.plan(),
            options.precision(),
            options.verified());
    int runners = options.runners() == 0 ? device.threads() : options.runners();
    boolean made = false;
    try {
      ServedModel served = new ServedModel(loaded.model(), loaded.notes(), runners);
      made = true;
      return served;
    } finally {
      if (!made) {
        loaded.model().close();
      }
    }
  }

  /** What the model is. */
  public SequenceModelSpec spec() {
    return spec;
  }

  /** Hash of specification and weights, 64 hexadecimal digits; the same on every device. */
  public String fingerprint() {
    return fingerprint;
  }

  /** A copy of the notes that the model was saved with. */
  public ObjectNode notes() {
    return notes.deepCopy();
  }

  /**
   * Outputs of whole sequences, which start from zeros; keeps nothing.
   *
   * @return padded steps [T, N, outputs] with zeros past the ends, or [N, outputs] where the head
   *     reads the last state
   * @throws IllegalStateException when the model is closed
   */
  public float[] predict(SequenceBatch batch) {
    Runner runner = runners.lend();
    try {
      return runner.model.predict(batch);
    } finally {
      runners.giveBack(runner);
    }
  }

  /** Why the model cannot run step by step, or null when sessions can be opened. */
  public @Nullable String whyNotStreaming() {
    return whyNotStreaming;
  }

  /**
   * Opens a stream whose state is zeros.
   *
   * @throws IllegalStateException when the model cannot run step by step, with the reason
   */
  public StreamingSession openSession() {
    return new StreamingSession(this, newState(), 0);
  }

  /**
   * Goes on with a stream that was exported here, on another machine or from another device.
   *
   * @param exported by {@link StreamingSession#export}
   * @throws io.carousel.io.ModelFormatException when the bytes are damaged or cut, come from a
   *     newer Carousel or from a stream of another model
   */
  public StreamingSession resume(byte[] exported) throws IOException {
    StreamStateFile.Restored restored = restore(exported);
    return new StreamingSession(this, restored.state(), restored.steps());
  }

  StreamState newState() {
    requireStreaming();
    return new StreamState(spec.recurrent(), realType);
  }

  StreamStateFile.Restored restore(byte[] exported) throws IOException {
    requireStreaming();
    return StreamStateFile.read(exported, fingerprint, spec.recurrent(), realType);
  }

  byte[] export(StreamState state, long steps) {
    return StreamStateFile.write(fingerprint, steps, spec.recurrent(), state);
  }

  private void requireStreaming() {
    if (whyNotStreaming != null) {
      throw new IllegalStateException(whyNotStreaming);
    }
  }

  Runners runners() {
    return runners;
  }

  /**
   * Waits for calls in flight and frees everything; later calls, also of its sessions, throw {@link
   * IllegalStateException}. Closing again does nothing.
   */
  @Override
  public void close() {
    runners.close();
  }
}
