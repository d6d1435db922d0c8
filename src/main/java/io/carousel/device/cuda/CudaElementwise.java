package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.Activation;
import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** Sums, products, functions and dropout, element by element. */
interface CudaElementwise extends ElementwiseOperations, CudaOperations {
  @Override
  default void addBias(Matrix x, Matrix bias) {
    begin(x, bias);
    OperandChecks.rowOf(x, "bias", bias);
    Operands.reals(x, bias);
    check(
        "addBias",
        ElementwiseKernels.addBias(
            handle(), x.rows(), x.columns(), address(x), stride(x), address(bias)));
  }

  @Override
  default void axpy(double alpha, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    Operands.reals(x, y);
    check(
        "axpy",
        ElementwiseKernels.axpy(
            handle(),
            x.rows(),
            x.columns(),
            (float) alpha,
            address(x),
            stride(x),
            address(y),
            stride(y)));
  }

  @Override
  default void scale(double alpha, Matrix x) {
    begin(x);
    Operands.reals(x);
    check(
        "scale",
        ElementwiseKernels.scale(
            handle(), x.rows(), x.columns(), (float) alpha, address(x), stride(x)));
  }

  @Override
  default void multiply(Matrix a, Matrix b, Matrix out) {
    begin(a, b, out);
    OperandChecks.sameShape("a", a, "b", b);
    OperandChecks.sameShape("a", a, "out", out);
    Operands.reals(a, b, out);
    check(
        "multiply",
        ElementwiseKernels.multiply(
            handle(),
            a.rows(),
            a.columns(),
            address(a),
            stride(a),
            address(b),
            stride(b),
            address(out),
            stride(out)));
  }

  @Override
  default void activationForward(Activation f, Matrix x, Matrix y) {
    begin(x, y);
    OperandChecks.sameShape("x", x, "y", y);
    Operands.reals(x, y);
    check(
        "activationForward",
        ElementwiseKernels.activationForward(
            handle(),
            Codes.first(f),
            Codes.second(f),
            x.rows(),
            x.columns(),
            address(x),
            stride(x),
            address(y),
            stride(y)));
  }

  @Override
  default void activationBackward(Activation f, Matrix y, Matrix dY, Matrix dX) {
    begin(y, dY, dX);
    OperandChecks.sameShape("y", y, "dY", dY);
    OperandChecks.sameShape("y", y, "dX", dX);
    Operands.reals(y, dY, dX);
    check(
        "activationBackward",
        ElementwiseKernels.activationBackward(
            handle(),
            Codes.first(f),
            Codes.second(f),
            y.rows(),
            y.columns(),
            address(y),
            stride(y),
            address(dY),
            stride(dY),
            address(dX),
            stride(dX)));
  }

  @Override
  default void dropout(
      double rate, long key, Matrix draw, @Nullable Matrix rowIds, Matrix x, Matrix y) {
    begin(draw, rowIds, x, y);
    OperandChecks.dropout(rate, draw, rowIds, x, y);
    Operands.integers(draw, rowIds);
    Operands.reals(x, y);
    check(
        "dropout",
        ElementwiseKernels.dropout(
            handle(),
            (int) Math.ceil(rate * 0x1p24), // a uniform number is a multiple of 2^-24
            (float) (1 / (1 - rate)),
            key,
            address(draw),
            address(rowIds),
            stride(rowIds),
            x.rows(),
            x.columns(),
            address(x),
            stride(x),
            address(y),
            stride(y)));
  }
}
