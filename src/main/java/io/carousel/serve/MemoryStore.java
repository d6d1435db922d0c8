package io.carousel.serve;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions as byte arrays. */
final class MemoryStore implements SessionStore {
  private final Map<String, byte[]> sessions = new ConcurrentHashMap<>();

  @Override
  public void save(String id, byte[] exported) {
    sessions.put(id, exported);
  }

  @Override
  public byte[] load(String id) throws IOException {
    byte[] found = sessions.get(id);
    if (found == null) {
      throw new IOException("the store holds no session " + id);
    }
    return found;
  }

  @Override
  public void delete(String id) {
    sessions.remove(id);
  }
}
