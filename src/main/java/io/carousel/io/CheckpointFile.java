package io.carousel.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint: the whole state of a training run after some step, in one file that proves to be
 * intact.
 *
 * <p>A safetensors file with metadata {@code format} ({@code carousel-checkpoint}), {@code
 * formatVersion} ({@code 1}), {@code step} and {@code description}, and a SHA-256 of everything
 * before it as its last tensor {@code sha256}, which readers of this class do not see. {@link
 * CheckpointFolder} numbers them, keeps two and finds the latest.
 */
public final class CheckpointFile implements AutoCloseable {
  private static final String FORMAT = "carousel-checkpoint";
  private static final int VERSION = 1;
  private static final String STEP = "step";

  private final SafetensorsFile tensors;
  private final long step;
  private final ObjectNode description;

  private CheckpointFile(SafetensorsFile tensors, long step, ObjectNode description) {
    this.tensors = tensors;
    this.step = step;
    this.description = description;
  }

  /**
   * Writes a checkpoint crash-safely, as {@link AtomicFile} does.
   *
   * @param step the number of steps done, 0 or more
   * @param description everything that is not a tensor; no NaN or infinite numbers
   * @param tensors every tensor of the state, none called {@code sha256}; unchanged by this call
   * @throws IllegalArgumentException when an argument cannot be written
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void write(Path file, long step, ObjectNode description, SafetensorsWriter tensors)
      throws IOException {
    if (step < 0) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 or more");
    }
    SafetensorsWriter described =
        new Envelope(FORMAT, VERSION, description)
            .addTo(tensors)
            .metadata(STEP, Long.toString(step));
    AtomicFile.write(file, out -> Seal.write(described, out));
  }

  /**
   * Opens a checkpoint after reading all of it once and comparing its checksum.
   *
   * @throws ModelFormatException when the file is no checkpoint, is corrupt or comes from a newer
   *     Carousel
   * @throws IOException when there is no such file or it cannot be read
   */
  public static CheckpointFile open(Path file) throws IOException {
    return fromIntact(openIntact(file));
  }

  /** The file, once its checksum proved that its bytes are those that were written. */
  static SafetensorsFile openIntact(Path file) throws IOException {
    SafetensorsFile stored = SafetensorsFile.open(file);
    boolean intact = false;
    try {
      Seal.verify(stored);
      intact = true;
      return stored;
    } finally {
      if (!intact) {
        stored.close();
      }
    }
  }

  /** Reads what an intact file says about itself; closes it when that is not readable. */
  static CheckpointFile fromIntact(SafetensorsFile stored) throws IOException {
    boolean described = false;
    try {
      Envelope envelope = Envelope.read(stored, FORMAT, VERSION, Set.of(STEP));
      String step = Envelope.require(stored, STEP);
      if (!step.matches("0|[1-9][0-9]{0,17}")) {
        throw new ModelFormatException(
            stored.path(), "step " + Names.quote(step) + " is no whole number");
      }
      Map<String, TensorEntry> entries = new LinkedHashMap<>();
      for (String name : stored.names()) {
        if (!name.equals(Seal.NAME)) {
          entries.put(name, stored.entry(name));
        }
      }
      CheckpointFile checkpoint =
          new CheckpointFile(
              stored.withEntries(entries), Long.parseLong(step), envelope.description());
      described = true;
      return checkpoint;
    } finally {
      if (!described) {
        stored.close();
      }
    }
  }

  /** Number of steps done when the checkpoint was written. */
  public long step() {
    return step;
  }

  /** The tensors of the state, without the checksum. */
  public SafetensorsFile tensors() {
    return tensors;
  }

  /** A copy of the description. */
  public ObjectNode description() {
    return description.deepCopy();
  }

  /**
   * Reads the description strictly.
   *
   * @throws ModelFormatException when a field is missing, wrong or unknown to the reader
   */
  public <T extends @Nullable Object> T describe(Description.Reader<T> reader)
      throws ModelFormatException {
    return Description.read(tensors.path(), "description", description, reader);
  }

  /** Closes the file; closing again does nothing. */
  @Override
  public void close() throws IOException {
    tensors.close();
  }
}
