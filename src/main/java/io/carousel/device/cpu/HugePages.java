package io.carousel.device.cpu;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Large pages for large blocks, on Linux. Weights and gates that lie in one piece of physical
 * memory do not push each other out of a cache by chance, and cost fewer address translations
 * (docs/cpu.md).
 */
final class HugePages {
  /** Their size on x86-64; smaller blocks cannot have any. */
  static final long SIZE = 2 << 20;

  private static final int MADV_HUGEPAGE = 14; // linux/mman.h
  private static final @Nullable Function MADVISE = madvise();

  private HugePages() {}

  /** Asks for them; where the system does not give any, the memory is what it was. */
  static void ask(long start, long bytes) {
    if (MADVISE != null) {
      MADVISE.invokeInt(new Object[] {start, bytes / SIZE * SIZE, MADV_HUGEPAGE});
    }
  }

  private static @Nullable Function madvise() {
    try {
      return Platform.isLinux() ? NativeLibrary.getInstance("c").getFunction("madvise") : null;
    } catch (LinkageError e) {
      return null; // an advice
    }
  }
}
