package io.carousel.device.cpu;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A zeroed block of memory outside the heap that starts at a multiple of 64 bytes. */
interface NativeMemory {
  /** Width of a cache line and of the widest vector register. */
  int ALIGNMENT = 64;

  /** The address of the first byte, 0 where Java does not tell. */
  long address();

  /** A view of {@code length} bytes from byte {@code from} on, in the machine's byte order. */
  ByteBuffer view(long from, int length);

  /** Gives the memory back; no view may be used afterwards. */
  void free();

  /** Where blocks come from. */
  interface Source {
    /**
     * Allocates a block.
     *
     * @throws OutOfMemoryError when it cannot be had
     */
    NativeMemory allocate(long bytes);
  }

  /** From the C library: any size, given back at once. */
  static NativeMemory malloc(long bytes) {
    boolean large = bytes >= HugePages.SIZE;
    long alignment = large ? HugePages.SIZE : ALIGNMENT;
    long block = Native.malloc(bytes + alignment);
    if (block == 0) {
      throw new OutOfMemoryError("malloc of " + bytes + " bytes");
    }
    long start = (block + alignment - 1) & -alignment;
    if (large) {
      HugePages.ask(start, bytes);
    }
    new Pointer(start).clear(bytes);
    return new NativeMemory() {
      @Override
      public long address() {
        return start;
      }

      @Override
      public ByteBuffer view(long from, int length) {
        return new Pointer(start).getByteBuffer(from, length); // in native order
      }

      @Override
      public void free() {
        Native.free(block);
      }
    };
  }

  /** From Java, where no native library loads: up to 2 GiB, given back by the garbage collector. */
  static NativeMemory direct(long bytes) {
    if (bytes > Integer.MAX_VALUE - 2 * ALIGNMENT) {
      throw new OutOfMemoryError("without native libraries a block has at most 2 GiB");
    }
    // an aligned slice loses up to one unit at either end
    ByteBuffer block =
        ByteBuffer.allocateDirect((int) bytes + 2 * ALIGNMENT).alignedSlice(ALIGNMENT);
    return new NativeMemory() {
      @Override
      public long address() {
        return 0;
      }

      @Override
      public ByteBuffer view(long from, int length) {
        return block.slice((int) from, length).order(ByteOrder.nativeOrder());
      }

      @Override
      public void free() {
        // the garbage collector does it
      }
    };
  }
}
