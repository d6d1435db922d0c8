package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;
import static io.carousel.device.cuda.Operands.type;

import io.carousel.device.Matrix;
import io.carousel.device.MemoryOperations;
import io.carousel.device.OperandChecks;

/** Copies. Uploads return when the array was read, downloads when it was written. */
interface CudaMemory extends MemoryOperations, CudaOperations {
  /** As {@link #begin}, and refuses while work is recorded. */
  void beginTransfer(Matrix matrix);

  /** Sends array elements to the device. */
  void send(HostArray from, int offset, Matrix to);

  /** Fetches array elements from the device. */
  void fetch(Matrix from, HostArray to, int offset);

  @Override
  default void upload(double[] from, int offset, Matrix to) {
    beginTransfer(to);
    OperandChecks.hostRange(from.length, offset, to);
    Operands.numbers(to);
    send(HostArray.of(from, type(to)), offset, to);
  }

  @Override
  default void upload(float[] from, int offset, Matrix to) {
    beginTransfer(to);
    OperandChecks.hostRange(from.length, offset, to);
    Operands.numbers(to);
    send(HostArray.of(from, type(to)), offset, to);
  }

  @Override
  default void upload(int[] from, int offset, Matrix to) {
    beginTransfer(to);
    OperandChecks.hostRange(from.length, offset, to);
    Operands.integers(to);
    send(HostArray.of(from), offset, to);
  }

  @Override
  default void download(Matrix from, double[] to, int offset) {
    beginTransfer(from);
    OperandChecks.hostRange(to.length, offset, from);
    Operands.numbers(from);
    fetch(from, HostArray.of(to, type(from)), offset);
  }

  @Override
  default void download(Matrix from, float[] to, int offset) {
    beginTransfer(from);
    OperandChecks.hostRange(to.length, offset, from);
    Operands.numbers(from);
    fetch(from, HostArray.of(to, type(from)), offset);
  }

  @Override
  default void download(Matrix from, int[] to, int offset) {
    beginTransfer(from);
    OperandChecks.hostRange(to.length, offset, from);
    Operands.integers(from);
    fetch(from, HostArray.of(to), offset);
  }

  @Override
  default void copy(Matrix from, Matrix to) {
    begin(from, to);
    OperandChecks.sameShape("from", from, "to", to);
    Operands.convertible(from, to);
    check(
        "copy",
        ElementwiseKernels.copy(
            handle(),
            Codes.of(type(from)),
            Codes.of(type(to)),
            from.rows(),
            from.columns(),
            address(from),
            stride(from),
            address(to),
            stride(to)));
  }

  @Override
  default void fill(Matrix to, double value) {
    begin(to);
    check(
        "fill",
        ElementwiseKernels.fill(
            handle(), Codes.of(type(to)), to.rows(), to.columns(), value, address(to), stride(to)));
  }
}
