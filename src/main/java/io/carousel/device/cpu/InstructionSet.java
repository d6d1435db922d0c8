package io.carousel.device.cpu;

import java.util.Locale;

/** The vector instructions that the recurrent kernels are compiled for. */
enum InstructionSet {
  /** AVX-512 F, DQ, BW and VL. */
  AVX512(16),
  /** AVX2 and FMA. */
  AVX2(8);

  private final int vector;

  InstructionSet(int vector) {
    this.vector = vector;
  }

  /** Floats in a vector. */
  int vector() {
    return vector;
  }

  /** As users write it. */
  String option() {
    return name().toLowerCase(Locale.ROOT);
  }
}
