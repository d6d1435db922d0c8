package io.carousel.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.ElementType;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.StreamState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The state of a stream as bytes that another process, machine or device goes on from.
 *
 * <p>A safetensors file with metadata {@code format} ({@code carousel-stream}), {@code
 * formatVersion} ({@code 1}) and {@code description} (the model's {@linkplain ModelFingerprint
 * fingerprint}, the steps done); tensors {@code h} [L, R] and, of an LSTM, {@code c} [L, H] in the
 * device's real type; and last {@code sha256} of everything before it.
 */
public final class StreamStateFile {
  private static final String FORMAT = "carousel-stream";
  private static final int VERSION = 1;

  /** What messages call the bytes. */
  private static final Path NAME = Path.of("exported stream");

  private StreamStateFile() {}

  /**
   * What was read.
   *
   * @param steps done so far
   */
  public record Restored(long steps, StreamState state) {}

  /** What the description says. */
  private record Header(String model, long steps) {}

  /** The bytes of a stream's state. */
  public static byte[] write(String model, long steps, RecurrentSpec stack, StreamState state) {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("model", model).put("steps", steps);
    SafetensorsWriter tensors = new SafetensorsWriter();
    add(tensors, "h", state.type(), state.h(), stack.runs());
    double[] c = state.c();
    if (c != null) {
      add(tensors, "c", state.type(), c, stack.runs());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024 + 8 * state.size());
    try {
      Seal.write(new Envelope(FORMAT, VERSION, description).addTo(tensors), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not refuse bytes", e);
    }
    return bytes.toByteArray();
  }

  private static void add(
      SafetensorsWriter tensors, String name, ElementType type, double[] values, int runs) {
    long columns = values.length / runs;
    if (type == ElementType.F64) {
      tensors.add(name, values, runs, columns);
      return;
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    tensors.add(name, floats, runs, columns);
  }

  /**
   * Reads what {@link #write} wrote, on this or another device.
   *
   * @param model fingerprint of the model that shall go on
   * @param stack of that model
   * @param type real type of its device
   * @throws ModelFormatException when the bytes are damaged or cut, come from a newer Carousel or
   *     from a stream of another model
   */
  public static Restored read(byte[] bytes, String model, RecurrentSpec stack, ElementType type)
      throws IOException {
    try (SafetensorsFile file = SafetensorsFile.of(NAME, bytes)) {
      Seal.verify(file);
      Envelope envelope = Envelope.read(file, FORMAT, VERSION, Set.of());
      Header header =
          Description.read(
              NAME,
              "description",
              envelope.description(),
              d -> new Header(d.text("model"), d.longInteger("steps")));
      if (!header.model.equals(model)) {
        throw new ModelFormatException(
            NAME,
            "the stream is of another model, %s; this one is %s"
                .formatted(Names.oneLine(header.model), model));
      }
      if (header.steps < 0) {
        throw new ModelFormatException(NAME, "the stream has done " + header.steps + " steps");
      }
      StreamState state = new StreamState(stack, type);
      boolean cell = stack.cell().hasCellState();
      List<String> names = new ArrayList<>(Arrays.asList("h", Seal.NAME));
      if (cell) {
        names.add("c");
      }
      file.requireNames(names);
      state.set(
          tensor(file, "h", stack.runs(), stack.stateSize()),
          cell ? tensor(file, "c", stack.runs(), stack.hiddenSize()) : null);
      return new Restored(header.steps, state);
    }
  }

  private static double[] tensor(SafetensorsFile file, String name, int runs, int columns)
      throws IOException {
    file.require(name, runs, columns);
    return file.readDoubles(name);
  }
}
