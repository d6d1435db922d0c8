package io.carousel.serve;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the states of idle sessions wait, as bytes that prove to be intact. Called by several
 * threads at once, for one session by one at a time.
 */
public interface SessionStore {
  /** Keeps the bytes of a session; those before are replaced. */
  void save(String id, byte[] exported) throws IOException;

  /**
   * The bytes of a session.
   *
   * @throws IOException when they are not there or cannot be read
   */
  byte[] load(String id) throws IOException;

  /** Forgets a session; does nothing when it is not there. */
  void delete(String id) throws IOException;

  /** Keeps bytes on the Java heap: little is won but the device's and the batch's memory. */
  static SessionStore inMemory() {
    return new MemoryStore();
  }

  /**
   * Keeps one file per session, readable by the user alone where the file system can say so.
   *
   * @param folder made when it is not there; nobody else's files should be in it
   */
  static SessionStore folder(Path folder) throws IOException {
    return new FolderStore(folder);
  }
}
