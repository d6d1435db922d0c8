package io.carousel.io;

import static io.carousel.io.Failures.assertProblem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint proves to be intact, and a damaged one never ends a run nor goes unnoticed. */
class CheckpointTest {
  @TempDir Path folder;

  private static ObjectNode description(long step) {
    return JsonNodeFactory.instance.objectNode().put("epoch", step / 10);
  }

  private static SafetensorsWriter tensors(long step) {
    return new SafetensorsWriter()
        .add("lstm.weight_ih_l0", new float[] {step, 0.1f}, 2)
        .add("adam.m", new double[] {step / 3.0}, 1)
        .add("philox.counter", new long[] {step}, 1);
  }

  private static void save(CheckpointFolder checkpoints, long step) throws IOException {
    checkpoints.save(step, description(step), tensors(step));
  }

  private Path file(long step) {
    return folder.resolve("checkpoint-" + step + ".safetensors");
  }

  private static void flipBit(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[Math.floorMod(position, bytes.length)] ^= 4;
    Files.write(file, bytes);
  }

  private static long latest(CheckpointFolder checkpoints) throws IOException {
    try (CheckpointFile checkpoint = checkpoints.latestValid().orElseThrow()) {
      return checkpoint.step();
    }
  }

  @Test
  void comesBackWhole() throws IOException {
    CheckpointFile.write(file(70), 70, description(70), tensors(70));
    assertWhole();
  }

  private void assertWhole() throws IOException {
    try (CheckpointFile checkpoint = CheckpointFile.open(file(70))) {
      assertEquals(70, checkpoint.step());
      assertEquals(7, checkpoint.<Integer>describe(d -> d.integer("epoch")));
      checkpoint.tensors().requireNames(List.of("lstm.weight_ih_l0", "adam.m", "philox.counter"));
      assertArrayEquals(
          new float[] {70, 0.1f}, checkpoint.tensors().readFloats("lstm.weight_ih_l0"));
      assertArrayEquals(new double[] {70 / 3.0}, checkpoint.tensors().readDoubles("adam.m"));
      assertArrayEquals(new long[] {70}, checkpoint.tensors().readLongs("philox.counter"));
    }
  }

  @Test
  void theFrozenFileOfVersion1StaysReadableAndIsStillWrittenByteForByte() throws IOException {
    try (InputStream frozen =
        CheckpointTest.class.getResourceAsStream("checkpoint-v1.safetensors")) {
      Files.write(
          file(70), Objects.requireNonNull(frozen, "checkpoint-v1.safetensors").readAllBytes());
    }
    byte[] bytes = Files.readAllBytes(file(70));
    assertWhole();
    CheckpointFile.write(file(70), 70, description(70), tensors(70));
    assertArrayEquals(bytes, Files.readAllBytes(file(70)));
  }

  @Test
  void anyChangedByteIsFound() throws IOException {
    CheckpointFile.write(file(1), 1, description(1), tensors(1));
    byte[] intact = Files.readAllBytes(file(1));
    for (int i = 0; i < intact.length; i++) {
      byte[] changed = intact.clone();
      changed[i] ^= 1;
      Files.write(file(1), changed);
      assertThrows(ModelFormatException.class, () -> CheckpointFile.open(file(1)), "byte " + i);
    }
  }

  @Test
  void aFileWithoutChecksumOrWithOneInTheWrongPlaceIsRefused() throws IOException {
    Path file = file(1);
    tensors(1).write(file);
    assertProblem(() -> CheckpointFile.open(file), file, "there is no tensor 'sha256'");
    new SafetensorsWriter().add("sha256", new int[8], 8).write(file);
    assertProblem(() -> CheckpointFile.open(file), file, "the checksum is not the last 32 bytes");
    String early =
        "{\"sha256\":{\"dtype\":\"U8\",\"shape\":[32],\"data_offsets\":[0,32]},"
            + "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[32,33]}}";
    RawFile.write(file, RawFile.bytes(early, 33));
    assertProblem(() -> CheckpointFile.open(file), file, "the checksum is not the last 32 bytes");
  }

  @Test
  void badArgumentsAreRefusedBeforeAnythingIsWritten() throws IOException {
    SafetensorsWriter reserved = new SafetensorsWriter().add("sha256", new float[1], 1);
    Failures.assertBadArgument(
        () -> CheckpointFile.write(file(1), -1, description(1), tensors(1)), "step is -1");
    Failures.assertBadArgument(
        () -> CheckpointFile.write(file(1), 1, description(1), reserved),
        "tensor 'sha256' is there already");
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    Failures.assertBadArgument(() -> save(checkpoints, Long.MAX_VALUE), "expected 0 to");
    assertEquals(List.of(), AtomicFileTest.names(folder));
  }

  @Test
  void theLastTwoAreKept() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder.resolve("made/for/it"));
    for (long step : new long[] {0, 9, 10, 100}) {
      save(checkpoints, step);
    }
    assertEquals(
        List.of("checkpoint-10.safetensors", "checkpoint-100.safetensors"),
        AtomicFileTest.names(folder.resolve("made/for/it")));
    assertEquals(100, latest(checkpoints));
  }

  @Test
  void savingTheSameStepAgainStillKeepsTwo() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    save(checkpoints, 1);
    save(checkpoints, 2);
    save(checkpoints, 2);
    assertEquals(List.of(file(2), file(1)), checkpoints.list());
  }

  @Test
  void aCorruptNewestFallsBackAndSaysSo() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    save(checkpoints, 1);
    save(checkpoints, 2);
    flipBit(file(2), -100);
    PrintStream original = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      assertEquals(1, latest(CheckpointFolder.open(folder)));
    } finally {
      System.setErr(original);
    }
    String logged = log.toString(StandardCharsets.UTF_8);
    assertTrue(logged.contains("WARN") && logged.contains(file(2) + ": "), logged);
    assertTrue(Files.exists(file(2)), "reading changes nothing");
  }

  @Test
  void aTruncatedOrEmptyNewestFallsBack() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    save(checkpoints, 1);
    Files.write(file(3), new byte[0]);
    byte[] intact = Files.readAllBytes(file(1));
    Files.write(file(2), Arrays.copyOf(intact, intact.length - 1));
    assertEquals(1, latest(checkpoints));
  }

  @Test
  void whenAllAreCorruptTheRunDoesNotStartAfreshUnasked() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    assertEquals(Optional.empty(), checkpoints.latestValid());
    save(checkpoints, 1);
    save(checkpoints, 2);
    flipBit(file(1), -1);
    flipBit(file(2), 20);
    assertProblem(checkpoints::latestValid, folder, "all 2 checkpoints are corrupt");
  }

  @Test
  void theCheckpointResumedFromSurvivesTheNextSaveAndTheCorruptOneDoesNot() throws IOException {
    CheckpointFolder first = CheckpointFolder.create(folder);
    save(first, 10);
    save(first, 20);
    flipBit(file(20), -100);
    CheckpointFolder resumed = CheckpointFolder.open(folder);
    assertEquals(10, latest(resumed));
    save(resumed, 25);
    assertEquals(List.of(file(25), file(10)), resumed.list());
    save(resumed, 30);
    assertEquals(List.of(file(30), file(25)), resumed.list());
  }

  @Test
  void checkpointsOfAFutureThatWasGivenUpAreDeleted() throws IOException {
    CheckpointFolder first = CheckpointFolder.create(folder);
    save(first, 10);
    save(first, 20);
    Files.move(file(20), folder.resolve("kept elsewhere"));
    CheckpointFolder resumed = CheckpointFolder.open(folder);
    assertEquals(10, latest(resumed));
    Files.move(folder.resolve("kept elsewhere"), file(20));
    save(resumed, 15);
    assertEquals(List.of(file(15), file(10)), resumed.list());
  }

  @Test
  void aNewRunDoesNotDeleteAnEarlierOne() throws IOException {
    save(CheckpointFolder.create(folder), 100);
    String message =
        Failures.message(FileAlreadyExistsException.class, () -> CheckpointFolder.create(folder));
    assertEquals(
        folder
            + ": the folder holds checkpoints of an earlier run (the last is"
            + " checkpoint-100.safetensors); resume it or choose another folder",
        message);
    assertEquals(
        file(100) + ": this is a file, expected a folder for checkpoints",
        Failures.message(
            FileAlreadyExistsException.class, () -> CheckpointFolder.create(file(100))));
    Path missing = folder.resolve("missing");
    assertEquals(
        missing + ": no such folder",
        Failures.message(NoSuchFileException.class, () -> CheckpointFolder.open(missing)));
  }

  @Test
  void aFailingSaveLeavesTheOldOnes() throws IOException {
    CheckpointFolder checkpoints = CheckpointFolder.create(folder);
    save(checkpoints, 1);
    save(checkpoints, 2);
    SafetensorsWriter failing =
        tensors(3)
            .add(
                "broken",
                Dtype.U8,
                1,
                new long[] {1},
                out -> {
                  throw new IOException("No space left on device");
                });
    assertEquals(
        file(3) + ": No space left on device",
        Failures.message(IOException.class, () -> checkpoints.save(3, description(3), failing)));
    assertEquals(List.of(file(2), file(1)), checkpoints.list());
    assertEquals(2, AtomicFileTest.names(folder).size());
    save(checkpoints, 4);
    assertEquals(List.of(file(4), file(2)), checkpoints.list());
  }

  @Test
  void leftOversOfAKilledRunAreDeletedOtherFilesAreNot() throws IOException {
    Path leftOver = Files.writeString(folder.resolve(".checkpoint-9.safetensors.1234.tmp"), "x");
    Path other = Files.writeString(folder.resolve("checkpoint-best.safetensors"), "x");
    Path odd = Files.writeString(folder.resolve("checkpoint-007.safetensors"), "x");
    save(CheckpointFolder.create(folder), 1);
    assertFalse(Files.exists(leftOver));
    assertTrue(Files.exists(other) && Files.exists(odd));
  }

  @Test
  void anIntactFileThatCannotBeReadIsNotPassedOver() throws IOException {
    save(CheckpointFolder.create(folder), 1);
    Files.copy(file(1), file(2));
    assertProblem(
        () -> CheckpointFolder.open(folder).latestValid(),
        file(2),
        "the file was renamed: it is the checkpoint of step 1");
    writeSealed("2", "3");
    assertProblem(
        () -> CheckpointFolder.open(folder).latestValid(),
        file(3),
        "written by a newer Carousel: format version 2, this one reads up to 1");
    writeSealed("1", "-3");
    assertProblem(
        () -> CheckpointFolder.open(folder).latestValid(), file(3), "step '-3' is no whole number");
  }

  private void writeSealed(String version, String step) throws IOException {
    SafetensorsWriter tensors =
        tensors(3)
            .metadata("format", "carousel-checkpoint")
            .metadata("formatVersion", version)
            .metadata("description", "{}")
            .metadata("step", step);
    AtomicFile.write(file(3), out -> Seal.write(tensors, out));
  }
}
