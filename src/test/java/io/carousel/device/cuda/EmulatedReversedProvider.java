package io.carousel.device.cuda;

/**
 * Offers {@code cuda-emulated-reversed}: the CUDA device with its real kernels on the CPU; threads
 * run in reverse order, streams as late as possible. A barrier or a wait that is missing shows here
 * as a wrong number.
 */
public final class EmulatedReversedProvider extends EmulatedProviders {
  /** Found by the service loader. */
  public EmulatedReversedProvider() {
    super("cuda-emulated-reversed", true);
  }
}
