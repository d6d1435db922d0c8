package io.carousel.device.cpu;

import java.io.IOException;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * The native code of this process: loaded once, at the first device; where it cannot be had, plain
 * Java takes its place, and one line in the log says so. Only then is a logger asked for, here and
 * everywhere: SLF4J prints three lines when it first finds no log.
 *
 * @param gemm matrix product
 * @param memory source of buffers
 * @param missing why native code is missing, empty where it is there
 */
record Libraries(Gemm gemm, NativeMemory.Source memory, String missing) {
  /** What this process has. */
  static Libraries get() {
    return Holder.LIBRARIES;
  }

  /** Whether buffers have addresses that native code can be told. */
  boolean hasAddresses() {
    NativeMemory block = memory.allocate(1);
    try {
      return block.address() != 0;
    } finally {
      block.free();
    }
  }

  private static final class Holder {
    static final Libraries LIBRARIES = load();
  }

  private static Libraries load() {
    try {
      return new Libraries(OneDnnGemm.load(), NativeMemory::malloc, "");
    } catch (IOException | LinkageError e) {
      // JNA writes a line for each place it looked at; the second one has the reason
      String why = String.valueOf(e.getMessage()).lines().limit(2).collect(Collectors.joining(" "));
      LoggerFactory.getLogger(Libraries.class)
          .warn("the CPU device multiplies in plain Java, some 3 times slower: {}", why);
      return new Libraries(new JavaGemm(), memorySource(), why);
    }
  }

  private static NativeMemory.Source memorySource() {
    try {
      NativeMemory.malloc(1).free();
      return NativeMemory::malloc;
    } catch (LinkageError e) {
      return NativeMemory::direct;
    }
  }
}
