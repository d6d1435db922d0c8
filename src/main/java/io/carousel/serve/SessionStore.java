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
   * Keeps one file per session, ID{@code .stream}, readable by the user alone where the file system
   * can say so. A closed session or pool leaves none behind but those that could not be deleted,
   * with a warning in the log; a process that is killed leaves those of its sessions that were
   * evicted (and {@code .part}, half a file). A file that could not be deleted when its session
   * came back to memory is older than the session: check {@code pool.steps(id)} before you go on
   * with it. No pool knows them by name any more, and nothing here deletes them, because another
   * process that runs may have the same folder: give each process a folder of its own and empty it
   * before the start, or go on with a session whose name you kept by {@code
   * pool.resume(store.load(id))}, then {@code store.delete(id)}.
   *
   * @param folder made when it is not there; nobody else's files should be in it
   */
  static SessionStore folder(Path folder) throws IOException {
    return new FolderStore(folder);
  }
}
