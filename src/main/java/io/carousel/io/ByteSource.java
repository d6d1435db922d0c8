package io.carousel.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a file, wherever they lie, read from any place by any thread. */
interface ByteSource extends AutoCloseable {
  /** Number of bytes. */
  long size() throws IOException;

  /** Reads what there is from a position on, at most what fits; -1 at the end. */
  int read(ByteBuffer into, long position) throws IOException;

  /** Whether it can be read. */
  boolean isOpen();

  @Override
  void close() throws IOException;

  /** A file on a disk. */
  static ByteSource of(FileChannel channel) {
    return new ByteSource() {
      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public int read(ByteBuffer into, long position) throws IOException {
        return channel.read(into, position);
      }

      @Override
      public boolean isOpen() {
        return channel.isOpen();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /** A file in memory; the array must not change. */
  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      private volatile boolean open = true;

      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer into, long position) {
        if (position >= bytes.length) {
          return -1;
        }
        int count = (int) Math.min(into.remaining(), bytes.length - position);
        into.put(bytes, (int) position, count);
        return count;
      }

      @Override
      public boolean isOpen() {
        return open;
      }

      @Override
      public void close() {
        open = false;
      }
    };
  }
}
