package io.carousel.device.cpu;

import io.carousel.device.BundledLibrary;
import io.carousel.device.DeviceException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The library of our own kernels, loaded once in a process; where it cannot be had, one line in the
 * log says so.
 */
final class KernelLibrary {
  /** As {@code System.loadLibrary} takes it. */
  static final String NAME = "carousel_cpu";

  /** {@code CAROUSEL_CPU_ABI} of the headers that this code was written for. */
  static final int ABI = 2;

  private KernelLibrary() {}

  /**
   * What the library says of this process.
   *
   * @param vector the longest vector of this processor in floats, 0 for none
   * @param problem why the kernels do not run here, or null when they do
   */
  record State(int vector, @Nullable String problem) {}

  /** What it says where memory comes from these libraries. */
  static State state(Libraries libraries) {
    return libraries.hasAddresses()
        ? Holder.STATE
        : new State(0, "Java does not tell where its memory is: " + libraries.missing());
  }

  private static final class Holder {
    static final State STATE = load();
  }

  private static State load() {
    State state = tryToLoad();
    if (state.problem != null) {
      LoggerFactory.getLogger(KernelLibrary.class)
          .warn("the CPU device runs stacks step by step, slower: {}", state.problem);
    }
    return state;
  }

  private static State tryToLoad() {
    try {
      BundledLibrary.load(NAME);
      String mismatch = mismatch(RecurrentKernels.abi(), RecurrentKernels.runWords());
      if (mismatch != null) {
        return new State(0, mismatch);
      }
      int vector = RecurrentKernels.vectorLength();
      return new State(
          vector, vector > 0 ? null : "this processor has neither AVX-512 nor AVX2 with FMA");
    } catch (DeviceException | LinkageError e) {
      return new State(0, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Why a library of that number and size of its descriptor is not this code's; null when it is.
   */
  static @Nullable String mismatch(int abi, int runWords) {
    int words = RunDescriptor.Word.values().length;
    return abi == ABI && runWords == words
        ? null
        : "the library %s has ABI %d with %d words, this code needs %d with %d: build both together (mvn package)"
            .formatted(NAME, abi, runWords, ABI, words);
  }
}
