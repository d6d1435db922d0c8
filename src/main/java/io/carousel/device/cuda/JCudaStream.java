package io.carousel.device.cuda;

import static io.carousel.device.cuda.JCudaRuntime.check;

import io.carousel.device.CloseAll;
import io.carousel.device.DeviceException;
import io.carousel.device.ElementType;
import io.carousel.device.Precision;
import io.carousel.device.cuda.Handles.Address;
import io.carousel.device.cuda.Handles.Event;
import io.carousel.device.cuda.Handles.Stream;
import java.util.ArrayList;
import java.util.List;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaMemcpyKind;

/** A stream of a real GPU, which waits for no other one, with its BLAS. */
final class JCudaStream implements CudaStream {
  private final Stream stream = new Stream();
  private final Event[] marks = new Event[MARKS];
  private final boolean[] marked = new boolean[MARKS];
  private final Event order;
  private final CublasGemm blas;

  /** What {@link #close} gives back, the last one first. */
  private final List<AutoCloseable> owned = new ArrayList<>();

  JCudaStream(int priority) {
    check(
        "cudaStreamCreateWithPriority",
        JCuda.cudaStreamCreateWithPriority(stream, JCuda.cudaStreamNonBlocking, priority));
    owned.add(() -> check("cudaStreamDestroy", JCuda.cudaStreamDestroy(stream)));
    try {
      order = newEvent();
      for (int i = 0; i < MARKS; i++) {
        marks[i] = newEvent();
      }
      blas = new CublasGemm(stream);
      owned.add(blas);
    } catch (DeviceException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  private Event newEvent() {
    Event event = new Event();
    check(
        "cudaEventCreateWithFlags",
        JCuda.cudaEventCreateWithFlags(event, JCuda.cudaEventDisableTiming));
    owned.add(() -> check("cudaEventDestroy", JCuda.cudaEventDestroy(event)));
    return event;
  }

  @Override
  public long handle() {
    return stream.value();
  }

  @Override
  public void synchronize() {
    check("cudaStreamSynchronize", JCuda.cudaStreamSynchronize(stream));
  }

  @Override
  public void await(CudaStream other) {
    JCudaStream before = (JCudaStream) other;
    check("cudaEventRecord", JCuda.cudaEventRecord(before.order, before.stream));
    check("cudaStreamWaitEvent", JCuda.cudaStreamWaitEvent(stream, before.order, 0));
  }

  @Override
  public void mark(int number) {
    check("cudaEventRecord", JCuda.cudaEventRecord(marks[number], stream));
    marked[number] = true;
  }

  @Override
  public void awaitMark(int number) {
    if (marked[number]) {
      check("cudaEventSynchronize", JCuda.cudaEventSynchronize(marks[number]));
    }
  }

  @Override
  public void copy(long to, long toPitch, long from, long fromPitch, long bytes, long rows) {
    if (rows == 1) {
      check(
          "cudaMemcpyAsync",
          JCuda.cudaMemcpyAsync(
              new Address(to), new Address(from), bytes, cudaMemcpyKind.cudaMemcpyDefault, stream));
    } else {
      check(
          "cudaMemcpy2DAsync",
          JCuda.cudaMemcpy2DAsync(
              new Address(to),
              toPitch,
              new Address(from),
              fromPitch,
              bytes,
              rows,
              cudaMemcpyKind.cudaMemcpyDefault,
              stream));
    }
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
    blas.gemm(
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
    blas.gemmStridedBatched(count, transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
  }

  @Override
  public void close() {
    owned.add(this::synchronize);
    CloseAll.inReverse(owned);
  }
}
