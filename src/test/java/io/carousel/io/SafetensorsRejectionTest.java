package io.carousel.io;

import static io.carousel.io.Failures.assertBadArgument;
import static io.carousel.io.Failures.assertProblem;
import static io.carousel.io.Failures.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a file or an argument can be wrong has one clear message. */
class SafetensorsRejectionTest {
  @TempDir Path folder;

  static Stream<Arguments> badHeaders() {
    String x = "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    return Stream.of(
        arguments("", 0, "does not start with '{'"),
        arguments("      ", 0, "does not start with '{'"),
        arguments(" {}", 0, "does not start with '{'"),
        arguments("[]", 0, "does not start with '{'"),
        arguments("\ufeff{}", 0, "does not start with '{'"),
        arguments("{}\n", 0, "does not end with '}'"),
        arguments("{}\0", 0, "does not end with '}'"),
        arguments("{" + x, 8, "no valid JSON"),
        arguments("{" + x + "}}", 8, "no valid JSON"),
        arguments("{} {}", 0, "goes on after its JSON object"),
        arguments("{" + x + ",}", 8, "no valid JSON"),
        arguments("{'x':1}", 0, "no valid JSON"),
        arguments("{/**/}", 0, "no valid JSON"),
        arguments("{\"x\":NaN}", 0, "tensor 'x' is not described by an object|no valid JSON"),
        arguments("{\"x\":1}", 0, "tensor 'x' is not described by an object"),
        arguments("{\"x\":null}", 0, "tensor 'x' is not described by an object"),
        arguments("{" + x + "," + x + "}", 8, "uplicate"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            "uplicate"),
        arguments("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "uplicate"),
        arguments("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "uplicate"),
        arguments("{\"__metadata__\":[]}", 0, "__metadata__ is not an object"),
        arguments("{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a' is not a string"),
        arguments("{\"__metadata__\":{\"a\":null}}", 0, "metadata 'a' is not a string"),
        arguments("{\"__metadata__\":{\"a\":{}}}", 0, "metadata 'a' is not a string"),
        arguments("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0, "half a surrogate pair"),
        arguments("{\"\\ud800\":{}}", 0, "urrogate"),
        arguments("{\"\\udc00\":{}}", 0, "urrogate"),
        arguments("{\"x\":{}}", 0, "tensor 'x' has no dtype"),
        arguments("{\"x\":{\"dtype\":\"F32\"}}", 0, "tensor 'x' has no shape"),
        arguments("{\"x\":{\"dtype\":\"F32\",\"shape\":[]}}", 4, "has no data_offsets"),
        arguments("{\"x\":{\"color\":1}}", 0, "tensor 'x' has an unknown field 'color'"),
        arguments(tensor("7", "[2]", "[0,8]"), 8, "dtype that is not a string"),
        arguments(tensor("\"F31\"", "[2]", "[0,8]"), 8, "unknown dtype 'F31'"),
        arguments(tensor("\"f32\"", "[2]", "[0,8]"), 8, "unknown dtype 'f32'"),
        arguments(tensor("\"F4\"", "[2]", "[0,1]"), 1, "unknown dtype 'F4'"),
        arguments(tensor("\"F32\"", "2", "[0,8]"), 8, "shape that is not an array"),
        arguments(tensor("\"F32\"", "[-2]", "[0,8]"), 8, "shape with '-2'"),
        arguments(tensor("\"F32\"", "[-0]", "[0,0]"), 0, "shape with '-0'"),
        arguments(tensor("\"F32\"", "[2.0]", "[0,8]"), 8, "shape with '2.0'"),
        arguments(tensor("\"F32\"", "[2e0]", "[0,8]"), 8, "shape with '2e0'"),
        arguments(tensor("\"F32\"", "[\"2\"]", "[0,8]"), 8, "shape with '2'"),
        arguments(tensor("\"F32\"", "[[2]]", "[0,8]"), 8, "shape with '['"),
        arguments(tensor("\"F32\"", "[true]", "[0,8]"), 8, "shape with 'true'"),
        arguments(tensor("\"F32\"", "[null]", "[0,8]"), 8, "shape with 'null'"),
        arguments(tensor("\"F32\"", "[02]", "[0,8]"), 8, "no valid JSON"),
        arguments(tensor("\"F32\"", "[9223372036854775808]", "[0,8]"), 8, "'9223372036854775808'"),
        arguments(
            tensor("\"U8\"", "[9223372036854775807,2]", "[0,8]"), 8, "has the impossible shape"),
        arguments(
            tensor("\"F64\"", "[2305843009213693952]", "[0,8]"), 8, "has the impossible shape"),
        arguments(
            tensor("\"U8\"", "[4294967296,4294967296,0]", "[0,0]"), 0, "the impossible shape"),
        arguments(
            tensor("\"U8\"", "[9223372036854775807]", "[5,9223372036854775807]"),
            8,
            "has the impossible shape"),
        arguments(tensor("\"F32\"", "[" + "9".repeat(40) + "]", "[0,8]"), 8, "beyond what is read"),
        arguments(tensor("\"F32\"", "[" + "1,".repeat(32) + "1]", "[0,4]"), 4, "more than 32"),
        arguments(tensor("\"F32\"", "[2]", "[0]"), 8, "expected [begin, end]"),
        arguments(tensor("\"F32\"", "[2]", "[0,8,8]"), 8, "expected [begin, end]"),
        arguments(tensor("\"F32\"", "[2]", "[8,0]"), 8, "expected [begin, end]"),
        arguments(tensor("\"F32\"", "[2]", "{}"), 8, "data_offsets that is not an array"),
        arguments(tensor("\"F32\"", "[2]", "[0,-8]"), 8, "data_offsets with '-8'"),
        arguments(tensor("\"F32\"", "[3]", "[0,8]"), 8, "F32 [3] and needs 12 bytes"),
        arguments(tensor("\"F32\"", "[2]", "[4,12]"), 12, "there is a hole"),
        arguments(tensor("\"F32\"", "[2]", "[0,8]"), 7, "truncated: its tensors need 8 bytes"),
        arguments(tensor("\"F32\"", "[2]", "[0,8]"), 9, "1 bytes after the last tensor"),
        arguments("{}", 1, "1 bytes after the last tensor"),
        arguments(
            "{" + x + ",\"y\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
            8,
            "they overlap"),
        arguments(
            "{" + x + ",\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            "they overlap"),
        arguments(
            "{" + x + ",\"y\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}}",
            8,
            "they overlap"),
        arguments(
            "{" + x + ",\"y\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9,10]}}",
            10,
            "there is a hole"),
        arguments("{\"x\":".repeat(100_000) + "}", 0, "no valid JSON|unknown field"),
        arguments(tensor("\"F32\"", "[".repeat(100_000), "[]"), 0, "shape with '['"),
        arguments("{\"" + "n".repeat(20_000) + "\":{}}", 0, "beyond what is read"));
  }

  @ParameterizedTest
  @MethodSource
  void badHeaders(String header, int dataBytes, String problem) throws IOException {
    assertRefused(RawFile.bytes(header, dataBytes), problem);
  }

  static Stream<Arguments> badBytes() {
    byte[] valid = RawFile.bytes(tensor("\"F32\"", "[2]", "[0,8]"), 8);
    return Stream.of(
        arguments(new byte[0], "the file is empty"),
        arguments(new byte[7], "the file is truncated: it has 7 bytes"),
        arguments(new byte[8], "does not start with '{'"),
        arguments(withLength(valid, -1), "would have 18446744073709551615 bytes"),
        arguments(withLength(valid, Long.MIN_VALUE), "would have 9223372036854775808 bytes"),
        arguments(withLength(valid, Long.MAX_VALUE), "would have 9223372036854775807 bytes"),
        arguments(withLength(valid, 100_000_001), "at most 100000000 are allowed"),
        arguments(withLength(valid, 100_000_000), "would have 100000000 bytes, "),
        arguments(withLength(valid, valid.length - 7), "or a truncated one"),
        arguments(withLength(valid, 1), "does not end with '}'"),
        arguments(Arrays.copyOf(valid, 20), "truncated"),
        arguments(
            RawFile.bytes("{\"\u00e9\":1}".getBytes(StandardCharsets.ISO_8859_1), new byte[0]),
            "not valid UTF-8"),
        // an overlong encoding, a surrogate half and the zero bytes of UTF-16
        arguments(RawFile.bytes(latin("{\"\u00c0\u0080\":1}"), new byte[0]), "not valid UTF-8"),
        arguments(
            RawFile.bytes(latin("{\"\u00ed\u00a0\u0080\":1}"), new byte[0]), "not valid UTF-8"),
        arguments(
            RawFile.bytes("{}".getBytes(StandardCharsets.UTF_16LE), new byte[0]),
            "does not end with '}'"),
        arguments(
            "PK\3\4 this is a zip file".getBytes(StandardCharsets.UTF_8),
            "this is no safetensors file"));
  }

  @ParameterizedTest
  @MethodSource
  void badBytes(byte[] bytes, String problem) throws IOException {
    assertRefused(bytes, problem);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] valid = RawFile.bytes(tensor("\"F32\"", "[2]", "[0,8]"), 8);
    for (int length = 0; length < valid.length; length++) {
      assertRefused(Arrays.copyOf(valid, length), "");
    }
    Path whole = RawFile.write(folder.resolve("whole"), valid);
    SafetensorsFile.open(whole).close();
  }

  @Test
  void aHeaderLargerThanTheCapIsRefusedBeforeItIsRead() throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(withLength(new byte[8], 100_000_001));
      sparse.setLength(200_000_000);
    }
    assertProblem(() -> SafetensorsFile.open(file), file, "at most 100000000 are allowed");
  }

  @Test
  void aTensorThatNoJavaArrayHoldsIsRefusedBeforeItIsRead() throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    byte[] header = RawFile.bytes(tensor("\"BF16\"", "[2147483648]", "[0,4294967296]"), 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(header);
      sparse.setLength(header.length + 4294967296L);
    }
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertProblem(
          () -> open.readFloats("x"),
          file,
          "tensor 'x' has 2147483648 elements, a Java array holds at most 2147483639");
    }
  }

  @Test
  void aHeaderOfTooManyPiecesIsRefused() throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"\":\"\"");
    for (int i = 0; i < 1_000_000; i++) {
      header.append(",\"").append(i).append("\":\"\"");
    }
    assertRefused(RawFile.bytes(header.append("}}").toString(), 0), "beyond what is read");
  }

  @Test
  void aFileThatShrinksWhileItIsOpenIsRefused() throws IOException {
    Path file = folder.resolve("shrinking.safetensors");
    new SafetensorsWriter().add("x", new float[100], 100).write(file);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      try (RandomAccessFile shrink = new RandomAccessFile(file.toFile(), "rw")) {
        shrink.setLength(shrink.length() - 4);
      }
      assertProblem(() -> open.readFloats("x"), file, "the file ended at byte");
    }
  }

  @Test
  void foldersMissingFilesAndDevicesAreNamed() {
    assertProblem(() -> SafetensorsFile.open(folder), folder, "this is a folder, not a file");
    Path missing = folder.resolve("missing.safetensors");
    assertEquals(
        missing + ": no such file",
        message(NoSuchFileException.class, () -> SafetensorsFile.open(missing)));
    Path device = Path.of("/dev/zero");
    Assumptions.assumeTrue(Files.exists(device), "skipped: this system has no /dev/zero");
    assertProblem(() -> SafetensorsFile.open(device), device, "this is not a regular file");
  }

  @Test
  void wrongRequestsAreAnsweredWithWhatIsThere() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsWriter()
        .add("lstm.weight_ih_l0", new float[20], 4, 5)
        .add("lstm.bias_ih_l0", new double[4], 4)
        .add("steps", new long[] {3}, 1)
        .write(file);
    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertProblem(
          () -> open.readFloats("weight_ih_l0"),
          file,
          "there is no tensor 'weight_ih_l0'; the nearest of 3: 'lstm.weight_ih_l0', ");
      assertProblem(
          () -> open.readFloats("steps"),
          file,
          "tensor 'steps' is I64 [1]; readFloats reads [F32, F16, BF16]");
      assertProblem(
          () -> open.readFloats("lstm.bias_ih_l0"), file, "tensor 'lstm.bias_ih_l0' is F64 [4]");
      assertProblem(() -> open.readDoubles("steps"), file, "readDoubles reads [F64, F32");
      assertProblem(() -> open.readInts("steps"), file, "readInts reads [I32]");
      assertProblem(() -> open.readLongs("lstm.bias_ih_l0"), file, "readLongs reads [I64, I32]");
      assertProblem(
          () -> open.require("lstm.weight_ih_l0", 5, 4),
          file,
          "tensor 'lstm.weight_ih_l0' has shape [4, 5], expected [5, 4]");
      assertProblem(
          () -> open.requireNames(List.of("steps", "h0", "lstm.weight_ih_l0")),
          file,
          "missing tensors: 'h0'; unexpected tensors: 'lstm.bias_ih_l0'");
      open.requireNames(List.of("steps", "lstm.bias_ih_l0", "lstm.weight_ih_l0"));
    }
  }

  @Test
  void namesFromTheFileCannotForgeLinesNorFillTheLog() throws IOException {
    String header = "{\"a\\nERROR forged\":1}";
    assertRefused(RawFile.bytes(header, 0), "tensor 'a\\u000aERROR forged' is not described");
    String longName = "n".repeat(9_000);
    Path file = RawFile.write(folder.resolve("bad"), RawFile.bytes("{\"" + longName + "\":1}", 0));
    String message = message(ModelFormatException.class, () -> SafetensorsFile.open(file));
    assertTrue(message.contains("... (9000 characters)"), message);
    assertTrue(message.length() < 1_000, message);
  }

  static Stream<Arguments> badArguments() {
    SafetensorsWriter writer =
        new SafetensorsWriter().add("x", new float[1], 1).metadata("key", "value");
    return Stream.of(
        arguments((Executable) () -> writer.add("x", new int[1], 1), "'x' is there already"),
        arguments((Executable) () -> writer.metadata("key", ""), "'key' is there already"),
        arguments((Executable) () -> writer.add("__metadata__", new int[1], 1), "__metadata__"),
        arguments((Executable) () -> writer.add("", new int[1], 1), "1 to 10000 characters, not 0"),
        arguments((Executable) () -> writer.add("n".repeat(10_001), new int[1], 1), "not 10001"),
        arguments((Executable) () -> writer.add("\ud800", new int[1], 1), "half a surrogate"),
        arguments((Executable) () -> writer.metadata("k", "\udc00"), "half a surrogate"),
        arguments(
            (Executable) () -> writer.add("y", new float[6], 2, 2),
            "tensor 'y': shape [2, 2] does not hold 6 elements"),
        arguments(
            (Executable) () -> writer.add("y", new float[6], new long[0]),
            "tensor 'y': shape [] does not hold 6 elements"),
        arguments((Executable) () -> writer.add("y", new float[6], -2, -3), "is impossible"),
        arguments(
            (Executable) () -> writer.add("y", new double[0], 1L << 32, 1L << 32, 0),
            "is impossible"),
        arguments((Executable) () -> writer.add("y", new int[1], new long[33]), "at most 32 axes"));
  }

  @ParameterizedTest
  @MethodSource
  void badArguments(Executable call, String problem) {
    assertBadArgument(call, problem);
  }

  private void assertRefused(byte[] bytes, String problem) throws IOException {
    Path file = RawFile.write(folder.resolve("bad.safetensors"), bytes);
    assertProblem(() -> SafetensorsFile.open(file), file, problem);
  }

  private static String tensor(String dtype, String shape, String offsets) {
    return "{\"x\":{\"dtype\":"
        + dtype
        + ",\"shape\":"
        + shape
        + ",\"data_offsets\":"
        + offsets
        + "}}";
  }

  private static byte[] withLength(byte[] bytes, long length) {
    byte[] changed = bytes.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return changed;
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
