package io.carousel.train;

import io.carousel.io.CheckpointFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder of one training run: {@code model.safetensors}, {@code metrics.jsonl}, {@code
 * report.html}, checkpoints.
 */
public final class RunFolder {
  private static final String MODEL = "model.safetensors";
  private static final String METRICS = "metrics.jsonl";

  private final Path folder;
  private final CheckpointFolder checkpoints;

  private RunFolder(Path folder, CheckpointFolder checkpoints) {
    this.folder = folder;
    this.checkpoints = checkpoints;
  }

  /**
   * The folder of a new run, made when it is missing.
   *
   * @throws IOException when it cannot be written, or holds another run
   */
  public static RunFolder create(Path folder) throws IOException {
    for (String file : List.of(MODEL, METRICS)) {
      if (Files.exists(folder.resolve(file))) {
        throw new FileAlreadyExistsException(
            folder.toString(),
            null,
            "the folder holds another run; choose a new one, or resume it");
      }
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException("cannot create the folder " + folder + "; choose another one", e);
    }
    return new RunFolder(folder, CheckpointFolder.create(folder.resolve("checkpoints")));
  }

  /**
   * The folder of a run that shall go on.
   *
   * @throws IOException when there is none
   */
  public static RunFolder open(Path folder) throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      throw new NoSuchFileException(
          folder.toString(), null, "no run to resume: there is no folder 'checkpoints' in it");
    }
    return new RunFolder(folder, CheckpointFolder.open(checkpoints));
  }

  /** The folder itself. */
  public Path path() {
    return folder;
  }

  /** Where the model goes. */
  public Path model() {
    return folder.resolve(MODEL);
  }

  /** Where the history goes. */
  public Path metrics() {
    return folder.resolve(METRICS);
  }

  /** Where the report goes. */
  public Path report() {
    return folder.resolve("report.html");
  }

  /** The checkpoints. */
  public CheckpointFolder checkpoints() {
    return checkpoints;
  }
}
