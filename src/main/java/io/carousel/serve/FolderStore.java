package io.carousel.serve;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/** Sessions as files; one that is written is never seen half. */
final class FolderStore implements SessionStore {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  private final Path folder;
  private final boolean posix;

  FolderStore(Path folder) throws IOException {
    this.folder = folder;
    posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    Files.createDirectories(folder, only("rwx------"));
  }

  /** What makes a new file or folder its owner's alone, where the file system knows owners. */
  private FileAttribute<?>[] only(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void save(String id, byte[] exported) throws IOException {
    Path file = file(id);
    Path part = file.resolveSibling(id + ".part");
    try {
      Files.deleteIfExists(part); // of a process that was killed
      Files.createFile(part, only("rw-------"));
      Files.write(part, exported);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      deletePart(part, e);
      throw e;
    }
  }

  private static void deletePart(Path part, IOException because) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  @Override
  public byte[] load(String id) throws IOException {
    return Files.readAllBytes(file(id));
  }

  @Override
  public void delete(String id) throws IOException {
    Files.deleteIfExists(file(id));
  }

  private Path file(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("no name of a session");
    }
    return folder.resolve(id + ".stream");
  }
}
