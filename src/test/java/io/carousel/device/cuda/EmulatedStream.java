package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.Precision;

/** A stream of an emulated GPU. */
final class EmulatedStream implements CudaStream {
  private final EmulatedRuntime runtime;
  private final long stream;
  private boolean closed;

  EmulatedStream(EmulatedRuntime runtime, long stream) {
    this.runtime = runtime;
    this.stream = stream;
  }

  @Override
  public long handle() {
    return stream;
  }

  @Override
  public void synchronize() {
    runtime.check("synchronize", EmulatedMachine.synchronize(stream));
  }

  @Override
  public void await(CudaStream other) {
    runtime.check("await", EmulatedMachine.await(stream, other.handle()));
  }

  @Override
  public void mark(int number) {
    runtime.check("mark", EmulatedMachine.mark(stream, number));
  }

  @Override
  public void awaitMark(int number) {
    runtime.check("awaitMark", EmulatedMachine.awaitMark(stream, number));
  }

  @Override
  public void copy(long to, long toPitch, long from, long fromPitch, long bytes, long rows) {
    runtime.check("copy", EmulatedMachine.copy(stream, to, toPitch, from, fromPitch, bytes, rows));
  }

  @Override
  public void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      ElementType operandType,
      long a,
      long strideA,
      long b,
      long strideB,
      float beta,
      ElementType resultType,
      long c,
      long strideC) {
    runtime.check(
        "gemm",
        EmulatedMachine.gemm(
            stream,
            precision == Precision.TF32,
            transposeA,
            transposeB,
            m,
            n,
            k,
            alpha,
            Codes.of(operandType),
            a,
            strideA,
            b,
            strideB,
            beta,
            Codes.of(resultType),
            c,
            strideC));
  }

  @Override
  public void gemmStridedBatched(
      int count,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      Factor a,
      Factor b,
      float beta,
      Factor c) {
    for (int i = 0; i < count; i++) {
      gemm(
          Precision.FP32,
          transposeA,
          transposeB,
          m,
          n,
          k,
          alpha,
          ElementType.F32,
          a.address() + i * a.distance() * Float.BYTES,
          a.stride(),
          b.address() + i * b.distance() * Float.BYTES,
          b.stride(),
          beta,
          ElementType.F32,
          c.address() + i * c.distance() * Float.BYTES,
          c.stride());
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      runtime.check("close", EmulatedMachine.closeStream(stream));
    }
  }
}
