package io.carousel.device.cpu;

/**
 * Products whose rows depend on no other row: x·Wᵀ, which is what inference asks for, by a kernel
 * of our own for these instructions, other forms in plain Java.
 */
final class RowInvariantGemm implements Gemm {
  private final InstructionSet instructions;
  private final Gemm others = new JavaGemm();

  private RowInvariantGemm(InstructionSet instructions) {
    this.instructions = instructions;
  }

  /** The product for these kernels; where there are none, plain Java. */
  static Gemm of(FusedKernels kernels) {
    InstructionSet instructions = kernels.instructions();
    return instructions == null ? new JavaGemm() : new RowInvariantGemm(instructions);
  }

  @Override
  public String description() {
    return "row-invariant products, " + instructions.option();
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      CpuBuffer a,
      long aStart,
      int lda,
      CpuBuffer b,
      long bStart,
      int ldb,
      float beta,
      CpuBuffer c,
      long cStart,
      int ldc) {
    if (transposeA || !transposeB) {
      others.multiply(
          transposeA,
          transposeB,
          m,
          n,
          k,
          alpha,
          a,
          aStart,
          lda,
          b,
          bStart,
          ldb,
          beta,
          c,
          cStart,
          ldc);
      return;
    }
    ProductKernels.multiplyTransposed(
        instructions.vector(),
        m,
        n,
        k,
        alpha,
        a.address(aStart),
        lda,
        b.address(bStart),
        ldb,
        beta,
        c.address(cStart),
        ldc);
  }
}
