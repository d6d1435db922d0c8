package io.carousel.device.cpu;

/**
 * {@code native/include/carousel/cpu.h}; {@code run} is the address of a {@code carousel_cpu_run},
 * see {@link RunDescriptor}.
 */
final class RecurrentKernels {
  private RecurrentKernels() {}

  static native int abi();

  static native int runWords();

  static native int vectorLength();

  static native long size(long run, int what);

  static native void pack(
      long run,
      long weightIh,
      long weightIhStride,
      long weightHh,
      long weightHhStride,
      long biasIh,
      long biasHh,
      long panel,
      long panelEnd);

  static native void start(long run, long row, long rowEnd);

  static native void forward(
      long run, long place, long placeEnd, long row, long rowEnd, long panel, long panelEnd);

  static native void trace(long run, long place);

  static native void backwardStart(long run, long row, long rowEnd);

  static native void backward(
      long run, long place, long placeEnd, long row, long rowEnd, long panel, long panelEnd);

  static native void backwardEnd(long run, long row, long rowEnd);

  static native void inputGradient(long run, long row, long rowEnd);

  static native void weightGradients(long run, long tile, long tileEnd);
}
