package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.Precision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A runtime whose streams fail with a code when they are told to. */
final class RuntimeWithFaults implements CudaRuntime {
  private final CudaRuntime runtime;

  /** What the next calls of streams fail with, 0 for nothing. */
  int code;

  boolean bf16 = true;

  /** Of each stream that was opened, whether its work goes first. */
  final List<Boolean> opened = new ArrayList<>();

  RuntimeWithFaults(CudaRuntime runtime) {
    this.runtime = runtime;
  }

  private void fail(String operation) {
    if (code != 0) {
      throw CudaStatus.failure(operation, code, "cudaErrorNumber" + code, "made by a test");
    }
  }

  @Override
  public String description() {
    return runtime.description();
  }

  @Override
  public void bindThread() {
    runtime.bindThread();
  }

  @Override
  public long allocate(long bytes) {
    fail("allocate");
    return runtime.allocate(bytes);
  }

  @Override
  public void free(long address) {
    runtime.free(address); // the test gives the memory back all the same
    fail("free");
  }

  @Override
  public long freeBytes() {
    return runtime.freeBytes();
  }

  @Override
  public ByteBuffer allocatePinned(int bytes) {
    return runtime.allocatePinned(bytes);
  }

  @Override
  public void freePinned(ByteBuffer memory) {
    runtime.freePinned(memory);
    fail("freePinned");
  }

  @Override
  public CudaStream openStream(boolean first) {
    opened.add(first);
    return new Stream(runtime.openStream(first));
  }

  @Override
  public boolean hasBf16() {
    return bf16;
  }

  @Override
  public int multiprocessors() {
    return runtime.multiprocessors();
  }

  @Override
  public void close() {
    runtime.close();
  }

  private final class Stream implements CudaStream {
    private final CudaStream stream;

    Stream(CudaStream stream) {
      this.stream = stream;
    }

    @Override
    public long handle() {
      return stream.handle();
    }

    @Override
    public void synchronize() {
      fail("synchronize");
      stream.synchronize();
    }

    @Override
    public void await(CudaStream other) {
      fail("await");
      stream.await(((Stream) other).stream);
    }

    @Override
    public void mark(int number) {
      fail("mark");
      stream.mark(number);
    }

    @Override
    public void awaitMark(int number) {
      fail("awaitMark");
      stream.awaitMark(number);
    }

    @Override
    public void copy(long to, long toPitch, long from, long fromPitch, long bytes, long rows) {
      fail("copy");
      stream.copy(to, toPitch, from, fromPitch, bytes, rows);
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
      fail("gemm");
      stream.gemm(
          precision,
          transposeA,
          transposeB,
          m,
          n,
          k,
          alpha,
          operandType,
          a,
          strideA,
          b,
          strideB,
          beta,
          resultType,
          c,
          strideC);
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
      fail("gemmStridedBatched");
      stream.gemmStridedBatched(count, transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
    }

    @Override
    public void close() {
      stream.close();
      fail("close");
    }
  }
}
