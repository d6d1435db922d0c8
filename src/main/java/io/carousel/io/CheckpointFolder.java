package io.carousel.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one training run: {@code checkpoint-STEP.safetensors}, the last two kept.
 *
 * <p>One run writes into a folder at a time; instances are not safe for several threads.
 */
public final class CheckpointFolder {
  private static final Pattern NAME =
      Pattern.compile("checkpoint-(0|[1-9][0-9]{0,17})\\.safetensors");
  private static final Pattern LEFT_OVER = Pattern.compile("\\.checkpoint-.*\\.tmp");
  private static final long MAX_STEP = 999_999_999_999_999_999L;

  private final Path folder;
  private OptionalLong previous = OptionalLong.empty();

  private CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * The folder of a new run, made when it is missing.
   *
   * @throws FileAlreadyExistsException when it holds checkpoints, which a new run would delete, or
   *     is a file
   * @throws IOException when it cannot be made or read
   */
  public static CheckpointFolder create(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileAlreadyExistsException(
          folder.toString(), null, "this is a file, expected a folder for checkpoints");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileProblem.explain(folder, e);
    }
    CheckpointFolder created = new CheckpointFolder(folder);
    List<Path> present = created.list();
    if (!present.isEmpty()) {
      throw new FileAlreadyExistsException(
          folder.toString(),
          null,
          "the folder holds checkpoints of an earlier run (the last is %s); resume it or choose another folder"
              .formatted(present.get(0).getFileName()));
    }
    return created;
  }

  /**
   * The folder of a run that goes on.
   *
   * @throws IOException when there is no such folder
   */
  public static CheckpointFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such folder");
    }
    return new CheckpointFolder(folder);
  }

  /**
   * All checkpoints, intact or not, highest step first.
   *
   * @throws IOException when the folder cannot be read
   */
  public List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> step(file).isPresent())
          .sorted(Comparator.comparingLong((Path file) -> step(file).orElseThrow()).reversed())
          .toList();
    } catch (IOException e) {
      throw FileProblem.explain(folder, e);
    }
  }

  /**
   * Opens the latest checkpoint that is intact, and warns in the log about every corrupt one that
   * it passes over; empty when there is none at all.
   *
   * @throws ModelFormatException when there are checkpoints and all are corrupt, or when the latest
   *     intact one is not readable (a newer Carousel wrote it, a hand renamed it)
   * @throws IOException when a file cannot be read
   */
  public Optional<CheckpointFile> latestValid() throws IOException {
    List<Path> files = list();
    for (Path file : files) {
      SafetensorsFile intact;
      try {
        intact = CheckpointFile.openIntact(file);
      } catch (ModelFormatException e) {
        LoggerFactory.getLogger(CheckpointFolder.class)
            .warn("Checkpoint is corrupt, falling back to the one before: {}", e.getMessage());
        continue;
      }
      CheckpointFile checkpoint = CheckpointFile.fromIntact(intact);
      if (!step(file).equals(OptionalLong.of(checkpoint.step()))) {
        checkpoint.close();
        throw new ModelFormatException(
            file, "the file was renamed: it is the checkpoint of step " + checkpoint.step());
      }
      previous = OptionalLong.of(checkpoint.step());
      return Optional.of(checkpoint);
    }
    if (!files.isEmpty()) {
      throw new ModelFormatException(
          folder, "all " + files.size() + " checkpoints are corrupt; none can be resumed");
    }
    return Optional.empty();
  }

  /**
   * Writes a checkpoint and, once it is on disk, deletes all others but the one that this run wrote
   * or resumed from last: older ones, corrupt ones and those of a future that a resumed run gave
   * up.
   *
   * @param step the number of steps done, 0 to 10^18 - 1
   * @param description everything that is not a tensor
   * @param tensors every tensor of the state
   * @return the new file
   * @throws IllegalArgumentException when an argument cannot be written
   * @throws IOException when the checkpoint cannot be written; all old ones are still there
   */
  public Path save(long step, ObjectNode description, SafetensorsWriter tensors)
      throws IOException {
    if (step < 0 || step > MAX_STEP) {
      throw new IllegalArgumentException("step is " + step + ", expected 0 to " + MAX_STEP);
    }
    Path file = folder.resolve("checkpoint-" + step + ".safetensors");
    CheckpointFile.write(file, step, description, tensors);
    OptionalLong written = OptionalLong.of(step);
    OptionalLong kept =
        previous.isPresent() && !previous.equals(written) ? previous : newestBefore(step);
    previous = written;
    for (Path other : list()) {
      OptionalLong number = step(other);
      if (!number.equals(written) && !number.equals(kept)) {
        delete(other);
      }
    }
    deleteLeftOvers();
    return file;
  }

  private OptionalLong newestBefore(long step) throws IOException {
    return list().stream()
        .mapToLong(file -> step(file).orElseThrow())
        .filter(number -> number < step)
        .findFirst();
  }

  /** Temporary files of a run that was killed while it wrote. */
  private void deleteLeftOvers() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(CheckpointFolder::isLeftOver).toList()) {
        delete(file);
      }
    }
  }

  // A run must not end because an old file stays; the new one is safe already.
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LoggerFactory.getLogger(CheckpointFolder.class)
          .warn("{}", FileProblem.explain(file, e).getMessage());
    }
  }

  private static boolean isLeftOver(Path file) {
    return LEFT_OVER.matcher(file.getFileName().toString()).matches();
  }

  private static OptionalLong step(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() ? OptionalLong.of(Long.parseLong(name.group(1))) : OptionalLong.empty();
  }
}
