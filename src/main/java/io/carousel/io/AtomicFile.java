package io.carousel.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that at any moment, power loss included, its name holds either the complete old
 * content or the complete new one.
 *
 * <p>The content goes into a new file of a unique name in the same folder, which is forced to disk
 * and renamed atomically; then the folder is forced to disk (not on Windows, which has no such
 * call). When anything fails the new file is deleted and the old one stays as it was. A symbolic
 * link is followed, not replaced.
 */
public final class AtomicFile {
  static final String TEMPORARY_SUFFIX = ".tmp";

  private AtomicFile() {}

  /** Writes the content of a file; the stream is neither flushed nor closed by it. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything to {@code out}.
     *
     * @throws IOException when the content cannot be produced or written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Replaces or creates {@code file}; returns when the new content is on disk.
   *
   * @throws IOException naming the file when its folder is missing or cannot be written, when it is
   *     a folder itself, or when writing fails
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = Files.isSymbolicLink(file) ? linked(file) : file.toAbsolutePath();
    Path folder = requireFolder(file, target);
    Path temporary =
        folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
    try {
      replace(target, temporary, content);
      force(folder);
    } catch (AccessDeniedException e) {
      AccessDeniedException explained =
          new AccessDeniedException(
              file.toString(), null, "cannot write: no permission to write into its folder");
      explained.initCause(e);
      throw explained;
    } catch (IOException e) {
      throw FileProblem.explain(file, e);
    }
  }

  /** Makes renames and deletions in a folder durable. */
  static void force(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static Path linked(Path link) throws IOException {
    try {
      return link.toRealPath();
    } catch (IOException e) {
      throw FileProblem.explain(link, e);
    }
  }

  private static Path requireFolder(Path file, Path target) throws IOException {
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new FileSystemException(file.toString(), null, "cannot write: this is a folder");
    }
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(
          file.toString(), null, "cannot write: the folder " + folder + " does not exist");
    }
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(
          file.toString(), null, "cannot write: " + folder + " is not a folder");
    }
    return folder;
  }

  private static void replace(Path target, Path temporary, Content content) throws IOException {
    try {
      fill(temporary, content);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static void fill(Path temporary, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(Channels.newOutputStream(channel));
      channel.force(true);
    }
  }
}
