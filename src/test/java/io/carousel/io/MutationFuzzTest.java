package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes give a file that can be read to its last tensor or a ModelFormatException; within
 * memory in proportion to the file, whatever the file claims.
 */
class MutationFuzzTest {
  private static final int MUTATIONS = 20_000;
  private static final long SEED = Long.getLong("carousel.fuzz.seed", 20261122L);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;
  private final List<Seed> seeds = new ArrayList<>();

  /** Reads a file to its end. */
  private interface Reading {
    void read(Path file) throws IOException;
  }

  /** A valid file and the reader that it is made for. */
  private record Seed(Supplier<byte[]> bytes, Reading reading, boolean checksum) {}

  @BeforeEach
  void writeSeeds() throws IOException {
    Path file = folder.resolve("seed.safetensors");
    ModelFileTest.writeTiny(file);
    addSeed(Files.readAllBytes(file), MutationFuzzTest::readModel, false);
    ReferenceCaseTest.Draft.of("gru", true).write(file);
    addSeed(Files.readAllBytes(file), ReferenceCase::read, false);
    CheckpointFile.write(
        file,
        7,
        JsonNodeFactory.instance.objectNode().put("epoch", 1),
        new SafetensorsWriter().add("w", new float[] {1, 2}, 2).add("n", new int[] {3}, 1));
    addSeed(Files.readAllBytes(file), MutationFuzzTest::readCheckpoint, true);
    addSeed(everyDtype(), MutationFuzzTest::readTensors, false);
  }

  private void addSeed(byte[] bytes, Reading reading, boolean checksum) {
    seeds.add(new Seed(() -> bytes, reading, checksum));
  }

  private static byte[] everyDtype() {
    StringBuilder header = new StringBuilder("{");
    int position = 0;
    for (Dtype dtype : Dtype.values()) {
      int end = position + 3 * dtype.bytes();
      header
          .append(position == 0 ? "" : ",")
          .append("\"%s\":{\"dtype\":\"%s\",\"shape\":[3],".formatted(dtype.name(), dtype))
          .append("\"data_offsets\":[%d,%d]}".formatted(position, end));
      position = end;
    }
    return RawFile.bytes(header.append("}  ").toString(), position);
  }

  @Test
  void mutatedFilesAreReadOrRefused() throws IOException {
    Mutator mutator = new Mutator(SEED, seeds.stream().map(seed -> seed.bytes().get()).toList());
    int accepted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Seed seed = seeds.get(i % seeds.size());
      byte[] bytes = mutator.mutate(seed.bytes().get());
      // a new file each time: ext4 writes a truncated and rewritten one to disk at once
      Path file = Files.write(folder.resolve("mutated-" + i + ".safetensors"), bytes);
      if (isAccepted(i, bytes, file, MutationFuzzTest::readTensors)) {
        accepted++;
      }
      boolean whole = isAccepted(i, bytes, file, seed.reading());
      assertFalse(
          whole && seed.checksum() && !Arrays.equals(bytes, seed.bytes().get()),
          () -> "a changed checkpoint was taken for intact: " + dump(bytes));
      Files.delete(file);
    }
    // both answers must be frequent, or the mutations are too gentle or too rough to find anything
    assertTrue(accepted > MUTATIONS / 40, "accepted only " + accepted);
    assertTrue(accepted < MUTATIONS / 2, "accepted as many as " + accepted);
  }

  private static boolean isAccepted(int number, byte[] bytes, Path file, Reading reading) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean accepted = false;
    try {
      reading.read(file);
      accepted = true;
    } catch (ModelFormatException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message.startsWith(file + ": ") && !message.contains("\n") && message.length() < 4_000,
          message);
    } catch (IOException | RuntimeException | Error e) {
      fail("mutation " + number + " of seed " + SEED + ": " + dump(bytes), e);
    }
    // the first readings load classes, some megabytes of them
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < 8_000_000 + 200L * bytes.length,
        () -> allocated + " bytes allocated for a file of " + bytes.length + ": " + dump(bytes));
    return accepted;
  }

  private static void readTensors(Path file) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      for (String name : tensors.names()) {
        switch (tensors.entry(name).dtype()) {
          case F64 -> tensors.readDoubles(name);
          case F32, F16, BF16 -> {
            tensors.readFloats(name);
            tensors.readDoubles(name);
          }
          case I64 -> tensors.readLongs(name);
          case I32 -> {
            tensors.readInts(name);
            tensors.readLongs(name);
          }
          default -> tensors.entry(name).elements();
        }
      }
    }
  }

  private static void readModel(Path file) throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      for (String name : model.aliases().keySet()) {
        model.tensors().entry(name);
      }
      model.describe(d -> d.<Integer>object("architecture", a -> a.integer("inputSize")));
    }
  }

  private static void readCheckpoint(Path file) throws IOException {
    try (CheckpointFile checkpoint = CheckpointFile.open(file)) {
      assertTrue(checkpoint.step() >= 0);
    }
  }

  private static String dump(byte[] bytes) {
    byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, 4_000));
    return HexFormat.of().formatHex(shown) + " of " + bytes.length;
  }
}
