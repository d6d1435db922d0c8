package io.carousel.device.cuda;

import io.carousel.device.ElementType;

/** Fills one element more than there is, so that AddressSanitizer can be seen to be there. */
final class Overrun {
  private static final int ELEMENTS = 63;

  private Overrun() {}

  public static void main(String[] arguments) {
    NativeLibrary.load(EmulatedProviders.LIBRARY);
    try (EmulatedRuntime runtime = new EmulatedRuntime(false, 1 << 20);
        CudaStream stream = runtime.openStream(true)) {
      long memory = runtime.allocate((long) ELEMENTS * Float.BYTES);
      int count = ELEMENTS + Integer.parseInt(arguments[0]);
      CudaStatus.check(
          "fill",
          ElementwiseKernels.fill(
              stream.handle(), Codes.of(ElementType.F32), 1, count, 1, memory, count));
    }
    System.out.println("not noticed");
  }
}
