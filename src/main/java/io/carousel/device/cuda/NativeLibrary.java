package io.carousel.device.cuda;

import io.carousel.device.BundledLibrary;
import io.carousel.device.DeviceException;
import org.jspecify.annotations.Nullable;

/**
 * The kernel library of this process: {@code carousel_cuda}, or its emulation in tests. Both define
 * the same native methods, so a process has one of them.
 */
final class NativeLibrary {
  /** The kernels for GPUs. */
  static final String CUDA = "carousel_cuda";

  /** {@code CAROUSEL_ABI} of the headers that this code was written for. */
  static final int ABI = 7;

  private static @Nullable String loaded;

  private NativeLibrary() {}

  /**
   * Loads the library, once; later calls with the same name return at once.
   *
   * @throws IllegalStateException when the process has the other one
   * @throws DeviceException when it cannot be had, with the reason and the remedy
   */
  static synchronized void load(String name) {
    if (loaded == null) {
      BundledLibrary.load(name);
      loaded = name;
    } else if (!loaded.equals(name)) {
      throw new IllegalStateException(
          "this process runs the kernels of %s already, so %s cannot be loaded too"
              .formatted(loaded, name));
    }
    int abi = NativeCalls.abi();
    if (abi != ABI) {
      throw new DeviceException(
          "the library %s has ABI %d, this code needs %d: build both together (mvn package)"
              .formatted(name, abi, ABI));
    }
  }
}
