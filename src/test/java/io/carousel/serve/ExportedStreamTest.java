package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a stream: resumed anywhere, or refused with the reason. */
class ExportedStreamTest {
  private static final int INPUTS = ServeFixture.INPUTS;
  private static final int OUTPUTS = ServeFixture.OUTPUTS;
  private static final int DONE = 9;

  /** Written by version 1 of the format: the model and a stream of nine steps. */
  private static final Path FROZEN = Path.of("src/test/resources/io/carousel/serve");

  @TempDir Path folder;
  private final float[] features = ServeFixture.features(1, 20);
  private final float[] rest = Arrays.copyOfRange(features, DONE * INPUTS, features.length);
  private Path file;
  private Device device;
  private ServedModel model;

  @BeforeEach
  void load() throws IOException {
    file = ServeFixture.lstm(folder, 8);
    device = Devices.open("cpu");
    model = ServedModel.load(file, device);
  }

  @AfterEach
  void close() {
    model.close();
    device.close();
  }

  private byte[] exported() {
    StreamingSession session = model.openSession();
    session.feed(Arrays.copyOf(features, DONE * INPUTS));
    return session.export();
  }

  private float[] wholeRest() {
    float[] whole = ServeFixture.whole(model, features);
    return Arrays.copyOfRange(whole, DONE * OUTPUTS, whole.length);
  }

  @Test
  void goesOnBitForBit() throws IOException {
    StreamingSession session = model.resume(exported());
    assertEquals(DONE, session.steps());
    assertArrayEquals(wholeRest(), session.feed(rest));
    assertArrayEquals(exported(), exported(), "the same state gives the same bytes");
  }

  @Test
  void goesOnAtAnotherDeviceUpToItsRounding() throws IOException {
    try (Device reference = Devices.open("reference");
        ServedModel other = ServedModel.load(file, reference)) {
      assertEquals(model.fingerprint(), other.fingerprint());
      assertArrayEquals(wholeRest(), other.resume(exported()).feed(rest), 1e-6f);
      StreamingSession there = other.openSession();
      there.feed(Arrays.copyOf(features, DONE * INPUTS));
      assertArrayEquals(wholeRest(), model.resume(there.export()).feed(rest), 1e-6f);
    }
  }

  @Test
  void anyDamageIsFound() {
    byte[] bytes = exported();
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      int at = i;
      assertThrows(ModelFormatException.class, () -> model.resume(damaged), () -> "byte " + at);
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThrows(ModelFormatException.class, () -> model.resume(cut), () -> "cut at " + at);
    }
  }

  @Test
  void anotherModelsStreamIsRefused() throws IOException {
    Path other =
        ServeFixture.save(
            folder, SequenceModel.around(Lstm.builder(INPUTS, 8).layers(2)).head(OUTPUTS), 6);
    try (ServedModel stranger = ServedModel.load(other, device)) {
      assertNotEquals(model.fingerprint(), stranger.fingerprint());
      Exception e = assertThrows(ModelFormatException.class, () -> stranger.resume(exported()));
      assertTrue(e.getMessage().contains("the stream is of another model"), e.getMessage());
      assertTrue(e.getMessage().contains(model.fingerprint()), e.getMessage());
    }
  }

  @Test
  void aNewerVersionIsRefusedByName() {
    byte[] newer =
        sealed(replaced(exported(), "\"formatVersion\":\"1\"", "\"formatVersion\":\"2\""));
    Exception e = assertThrows(ModelFormatException.class, () -> model.resume(newer));
    assertTrue(e.getMessage().contains("newer Carousel: format version 2"), e.getMessage());
  }

  private static byte[] replaced(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(from));
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** With a checksum that is right again. */
  private static byte[] sealed(byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, 0, bytes.length - 32);
      System.arraycopy(digest.digest(), 0, bytes, bytes.length - 32, 32);
      return bytes;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFrozenStreamOfVersionOneIsReadable() throws IOException {
    byte[] frozen = Files.readAllBytes(FROZEN.resolve("stream-1.bytes"));
    try (Device reference = Devices.open("reference");
        ServedModel first = ServedModel.load(FROZEN.resolve("stream-1.safetensors"), reference)) {
      StreamingSession session = first.resume(frozen);
      assertEquals(DONE, session.steps());
      float[] whole = ServeFixture.whole(first, features);
      float[] expected = Arrays.copyOfRange(whole, DONE * OUTPUTS, whole.length);
      assertArrayEquals(expected, session.feed(rest), 1e-6f);
    }
  }
}
