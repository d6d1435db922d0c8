package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of a simple recurrent network. */
interface CudaRnn extends CellOperations, CudaOperations {
  @Override
  default void rnnForward(
      Activation f,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(gates, bias, h, hPrev, output);
    OperandChecks.cell(gates, 1, bias, 1, h, hPrev, output);
    Operands.reals(bias, output);
    check(
        "rnnForward",
        RnnKernels.forward(
            handle(),
            Operands.operand(gates, h, hPrev),
            Codes.first(f),
            Codes.second(f),
            gates.rows(),
            gates.columns(),
            address(gates),
            stride(gates),
            address(bias),
            address(h),
            stride(h),
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output)));
  }

  @Override
  default void rnnBackward(Activation f, Matrix gates, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, dOutput, dh);
    OperandChecks.cell(gates, 1, null, 1, dOutput, dh);
    Operands.reals(dOutput, dh);
    check(
        "rnnBackward",
        RnnKernels.backward(
            handle(),
            Operands.operand(gates),
            Codes.first(f),
            Codes.second(f),
            gates.rows(),
            gates.columns(),
            address(gates),
            stride(gates),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh)));
  }
}
