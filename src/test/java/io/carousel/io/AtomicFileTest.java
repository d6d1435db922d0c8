package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong while a file is written, its name holds one complete content. */
class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void createsAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, out -> out.write(bytes("one")));
    assertEquals("one", Files.readString(file));
    AtomicFile.write(file, out -> out.write(bytes("two")));
    assertEquals("two", Files.readString(file));
    assertEquals(List.of("a.txt"), names(folder));
  }

  @Test
  void aRelativeNameWithoutFolderIsWrittenIntoTheWorkingFolder() throws IOException {
    Path file = Path.of("atomic-file-test-" + ProcessHandle.current().pid() + ".tmp");
    try {
      AtomicFile.write(file, out -> out.write(bytes("here")));
      assertEquals("here", Files.readString(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  void theNameHoldsTheOldContentUntilTheNewOneIsComplete() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    AtomicFile.write(
        file,
        out -> {
          out.write(bytes("half"));
          assertEquals("old", Files.readString(file));
          assertEquals(2, names(folder).size());
          out.write(bytes("full"));
        });
    assertEquals("halffull", Files.readString(file));
  }

  @Test
  void anyFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    RuntimeException bug = new IllegalStateException("a bug in the content");
    Error error = new StackOverflowError();
    assertEquals(
        file + ": No space left on device",
        Failures.message(
            FileSystemException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(bytes("half"));
                      throw new IOException("No space left on device");
                    })));
    assertSame(
        bug, assertThrows(RuntimeException.class, () -> AtomicFile.write(file, failing(bug))));
    assertSame(
        error,
        assertThrows(
            Error.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw error;
                    })));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.txt"), names(folder));
  }

  @Test
  void aFailureOfAFirstWriteLeavesNothing() throws IOException {
    Path file = folder.resolve("new.txt");
    RuntimeException bug = new IllegalStateException("a bug in the content");
    assertThrows(RuntimeException.class, () -> AtomicFile.write(file, failing(bug)));
    assertEquals(List.of(), names(folder));
  }

  @Test
  void placesWhereNoFileCanBeAreNamed() throws IOException {
    Path missing = folder.resolve("no/such/model");
    assertEquals(
        missing + ": cannot write: the folder " + missing.getParent() + " does not exist",
        Failures.message(NoSuchFileException.class, () -> AtomicFile.write(missing, out -> {})));
    assertEquals(
        folder + ": cannot write: this is a folder",
        Failures.message(FileSystemException.class, () -> AtomicFile.write(folder, out -> {})));
    Path file = Files.writeString(folder.resolve("file"), "");
    Path below = file.resolve("model");
    assertEquals(
        below + ": cannot write: " + file + " is not a folder",
        Failures.message(FileSystemException.class, () -> AtomicFile.write(below, out -> {})));
  }

  @Test
  void aReadOnlyFolderIsOneClearError() throws IOException {
    Path readOnly = Files.createDirectory(folder.resolve("read-only"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    // root may write anywhere but into the kernel's own files
    Path refusing =
        Stream.of(readOnly, Path.of("/sys/kernel"))
            .filter(AtomicFileTest::refuses)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(refusing != null, "skipped: this user may write everywhere");
    Path file = Path.of(String.valueOf(refusing), "model.safetensors");
    String message =
        Failures.message(FileSystemException.class, () -> AtomicFile.write(file, out -> {}));
    assertTrue(
        Set.of(
                file + ": cannot write: no permission to write into its folder",
                file + ": Read-only file system",
                file + ": Operation not permitted")
            .contains(message),
        message);
  }

  @Test
  void aLinkIsFollowed() throws IOException {
    Path target = Files.writeString(Files.createDirectory(folder.resolve("b")).resolve("t"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    AtomicFile.write(link, out -> out.write(bytes("new")));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(target));
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("gone"));
    assertEquals(
        dangling + ": no such file",
        Failures.message(NoSuchFileException.class, () -> AtomicFile.write(dangling, out -> {})));
  }

  @Test
  void writersAtTheSameTimeDoNotMix() throws Exception {
    Path file = folder.resolve("shared");
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Void>> writers =
          IntStream.range(0, 40)
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        AtomicFile.write(
                            file,
                            out -> {
                              for (int n = 0; n < 1000; n++) {
                                out.write('a' + i % 26);
                              }
                            });
                        return null;
                      })
              .toList();
      for (Future<Void> done : pool.invokeAll(writers)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    String content = Files.readString(file);
    assertEquals(content.substring(0, 1).repeat(1000), content);
    assertEquals(List.of("shared"), names(folder));
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static boolean refuses(Path candidate) {
    try {
      Path probe = Files.createTempFile(candidate, "probe", "");
      Files.delete(probe);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static AtomicFile.Content failing(RuntimeException failure) {
    return out -> {
      out.write(1);
      throw failure;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
