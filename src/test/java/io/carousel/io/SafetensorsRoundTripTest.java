package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back, bit for bit, and any other reader of the format can read it. */
class SafetensorsRoundTripTest {
  @TempDir Path folder;

  @Test
  void everyKindOfArrayComesBackBitForBit() throws IOException {
    float[] floats = {1.5f, -0f, Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 3e38f};
    double[] doubles = {Math.PI, -0d, Double.NaN, Double.MIN_VALUE};
    long[] longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
    int[] ints = {Integer.MIN_VALUE, -1, Integer.MAX_VALUE};
    Path file = folder.resolve("all.safetensors");
    new SafetensorsWriter()
        .metadata("note", "gate order i, f, g, o \"quoted\" \u00e9\u4e2d\ud83d\ude00\n")
        .add("floats", floats, 2, 3)
        .add("doubles", doubles, 4)
        .add("longs", longs, 1, 3)
        .add("ints", ints, 3, 1)
        .add("scalar", new float[] {7}, new long[0])
        .add("nothing", new double[0], 0, 5)
        .add("n\u00e4me \"with\" \\ \n and \ud83d\ude00", new int[] {42}, 1)
        .write(file);

    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertEquals(
          Map.of("note", "gate order i, f, g, o \"quoted\" \u00e9\u4e2d\ud83d\ude00\n"),
          read.metadata());
      assertEquals(
          List.of(
              "floats",
              "doubles",
              "longs",
              "ints",
              "scalar",
              "nothing",
              "n\u00e4me \"with\" \\ \n and \ud83d\ude00"),
          List.copyOf(read.names()));
      assertArrayEquals(floats, read.readFloats("floats"));
      assertArrayEquals(doubles, read.readDoubles("doubles"));
      assertArrayEquals(longs, read.readLongs("longs"));
      assertArrayEquals(ints, read.readInts("ints"));
      assertArrayEquals(
          new long[] {Integer.MIN_VALUE, -1, Integer.MAX_VALUE}, read.readLongs("ints"));
      assertArrayEquals(new float[] {7}, read.readFloats("scalar"));
      assertArrayEquals(new double[0], read.readDoubles("nothing"));
      assertArrayEquals(new int[] {42}, read.readInts("n\u00e4me \"with\" \\ \n and \ud83d\ude00"));
      for (int i = 0; i < floats.length; i++) {
        assertEquals((double) floats[i], read.readDoubles("floats")[i]);
      }
      TensorEntry entry = read.require("floats", 2, 3);
      assertEquals("F32 [2, 3]", entry.toString());
      assertEquals(6, entry.elements());
      assertEquals(24, entry.bytes());
    }
  }

  @Test
  void theLayoutIsTheFormatsOwn() throws IOException {
    byte[] bytes =
        bytes(
            new SafetensorsWriter()
                .metadata("k", "v")
                .add("b", new float[] {1, 2}, 2)
                .add("a", new double[] {3}, 1, 1));
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
            + "\"a\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]}}";
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) buffer.getLong();
    assertEquals(0, length % 8);
    String padded = new String(bytes, 8, length, StandardCharsets.UTF_8);
    assertEquals(header, padded.stripTrailing());
    assertTrue(
        padded.substring(header.length()).isBlank() && padded.length() - header.length() < 8);
    assertEquals(3, buffer.getDouble(8 + length));
    assertEquals(1, buffer.getFloat(16 + length));
    assertEquals(2, buffer.getFloat(20 + length));
    assertEquals(24 + length, bytes.length);
  }

  @Test
  void theSameCallsGiveTheSameBytes() throws IOException {
    byte[] first = bytes(new SafetensorsWriter().add("x", new int[] {1, 2}, 2).metadata("a", "b"));
    byte[] second = bytes(new SafetensorsWriter().add("x", new int[] {1, 2}, 2).metadata("a", "b"));
    assertArrayEquals(first, second);
  }

  @Test
  void everyTensorIsAlignedToItsElements() throws IOException {
    Path file = folder.resolve("mixed.safetensors");
    new SafetensorsWriter()
        .add("i", new int[3], 3)
        .add("d", new double[1], 1)
        .add("f", new float[1], 1)
        .add("l", new long[2], 2)
        .write(file);
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      for (String name : read.names()) {
        TensorEntry entry = read.entry(name);
        assertEquals(0, (read.dataStart() + entry.begin()) % entry.dtype().bytes(), name);
      }
    }
  }

  @Test
  void tensorsOfManyPiecesComeBackWhole() throws IOException {
    int count = 300_007;
    Random random = new Random(1);
    float[] floats = new float[count];
    double[] doubles = new double[count];
    long[] longs = random.longs(count).toArray();
    int[] ints = random.ints(count).toArray();
    for (int i = 0; i < count; i++) {
      floats[i] = random.nextFloat();
      doubles[i] = random.nextDouble();
    }
    Path file = folder.resolve("large.safetensors");
    new SafetensorsWriter()
        .add("ints", ints, count)
        .add("floats", floats, count)
        .add("longs", longs, count)
        .add("doubles", doubles, count)
        .write(file);
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertArrayEquals(floats, read.readFloats("floats"));
      assertArrayEquals(doubles, read.readDoubles("doubles"));
      assertArrayEquals(longs, read.readLongs("longs"));
      assertArrayEquals(ints, read.readInts("ints"));
      double[] widened = read.readDoubles("floats");
      long[] longInts = read.readLongs("ints");
      for (int i = 0; i < count; i++) {
        assertEquals(floats[i], widened[i]);
        assertEquals(ints[i], longInts[i]);
      }
    }
  }

  @Test
  void allValuesOfBothHalfPrecisionTypesWidenExactly() throws IOException {
    byte[] every = new byte[2 * 65536];
    ByteBuffer buffer = ByteBuffer.wrap(every).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 65536; bits++) {
      buffer.putShort((short) bits);
    }
    for (Dtype dtype : List.of(Dtype.F16, Dtype.BF16)) {
      String header =
          "{\"x\":{\"dtype\":\"" + dtype + "\",\"shape\":[65536],\"data_offsets\":[0,131072]}}";
      Path file =
          RawFile.write(
              folder.resolve(dtype + ".safetensors"),
              RawFile.bytes(header.getBytes(StandardCharsets.UTF_8), every));
      try (SafetensorsFile read = SafetensorsFile.open(file)) {
        float[] floats = read.readFloats("x");
        double[] doubles = read.readDoubles("x");
        for (int bits = 0; bits < 65536; bits++) {
          double expected = dtype == Dtype.F16 ? value(bits, 5, 10) : value(bits, 8, 7);
          assertEquals(expected, floats[bits], dtype + " " + Integer.toHexString(bits));
          assertEquals(expected, doubles[bits], dtype + " " + Integer.toHexString(bits));
        }
      }
    }
  }

  @Test
  void anEmptyFileOfTheFormatIsLegal() throws IOException {
    Path file = RawFile.write(folder.resolve("none.safetensors"), RawFile.bytes("{}   ", 0));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertTrue(read.names().isEmpty());
      assertTrue(read.metadata().isEmpty());
    }
  }

  @Test
  void unalignedAndUnorderedFilesOfOthersAreLegal() throws IOException {
    String header =
        "{\"late\":{\"shape\":[1],\"data_offsets\":[3,7],\"dtype\":\"I32\"},"
            + " \"none\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[3,3]},"
            + " \"early\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}";
    Path file = RawFile.write(folder.resolve("odd.safetensors"), RawFile.bytes(header, 7));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertArrayEquals(new int[] {0x06050403}, read.readInts("late"));
      assertEquals(Dtype.U8, read.entry("early").dtype());
      assertArrayEquals(new double[0], read.readDoubles("none"));
    }
  }

  @Test
  void aClosedFileSaysSo() throws IOException {
    Path file = folder.resolve("x.safetensors");
    new SafetensorsWriter().add("x", new float[] {1}, 1).write(file);
    SafetensorsFile read = SafetensorsFile.open(file);
    read.close();
    read.close();
    assertEquals(
        file + " is closed",
        Failures.message(IllegalStateException.class, () -> read.readFloats("x")));
  }

  // Straight from the definition of the formats, by another way than the code under test.
  private static double value(int bits, int exponentBits, int fractionBits) {
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    double fraction = (bits & ((1 << fractionBits) - 1)) * Math.scalb(1.0, -fractionBits);
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * Math.scalb(fraction, 1 - bias)
        : sign * Math.scalb(1 + fraction, exponent - bias);
  }

  private static byte[] bytes(SafetensorsWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(out);
    return out.toByteArray();
  }
}
