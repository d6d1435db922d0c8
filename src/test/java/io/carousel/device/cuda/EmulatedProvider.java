package io.carousel.device.cuda;

/**
 * Offers {@code cuda-emulated}: the CUDA device with its real kernels on the CPU; threads run in
 * order, streams at once.
 */
public final class EmulatedProvider extends EmulatedProviders {
  /** Found by the service loader. */
  public EmulatedProvider() {
    super("cuda-emulated", false);
  }
}
