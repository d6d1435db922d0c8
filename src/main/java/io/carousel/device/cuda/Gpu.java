package io.carousel.device.cuda;

import java.util.Locale;

/**
 * A GPU that the driver shows.
 *
 * @param ordinal its number
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param major of its compute capability
 * @param minor of its compute capability
 * @param memoryBytes in all
 */
record Gpu(int ordinal, String name, int major, int minor, long memoryBytes) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, compute capability %d.%d, %.1f GiB",
        name,
        major,
        minor,
        memoryBytes / (double) (1L << 30));
  }
}
