package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellOperations;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of an LSTM. */
interface CudaLstm extends CellOperations, CudaOperations {
  @Override
  default void lstmForward(
      LstmVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix c,
      @Nullable Matrix cPrev,
      @Nullable Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    Matrix peephole = variant.peephole();
    begin(gates, bias, c, cPrev, h, hPrev, output, peephole);
    OperandChecks.cell(gates, 4, bias, 4, c, cPrev, h, hPrev, output);
    OperandChecks.peephole(variant, output.columns());
    Operands.reals(bias, c, cPrev, output, peephole);
    check(
        "lstmForward",
        LstmKernels.forward(
            handle(),
            Operands.operand(gates, h, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            Codes.first(variant.cellOutputActivation()),
            Codes.second(variant.cellOutputActivation()),
            variant.coupledInputForget() ? 1 : 0,
            (float) variant.cellClip(),
            address(peephole),
            gates.rows(),
            output.columns(),
            address(gates),
            stride(gates),
            address(bias),
            address(c),
            stride(c),
            address(cPrev),
            stride(cPrev),
            address(h),
            stride(h),
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output)));
  }

  @Override
  default void lstmBackward(
      LstmVariant variant,
      Matrix gates,
      Matrix cPrev,
      @Nullable Matrix dOutput,
      @Nullable Matrix dh,
      Matrix dc,
      @Nullable Matrix cell) {
    Matrix peephole = variant.peephole();
    begin(gates, cPrev, dOutput, dh, dc, cell, peephole);
    OperandChecks.cell(gates, 4, null, 4, cPrev, dOutput, dh, dc, cell);
    OperandChecks.peephole(variant, dc.columns());
    Operands.reals(cPrev, dOutput, dh, dc, cell, peephole);
    check(
        "lstmBackward",
        LstmKernels.backward(
            handle(),
            Operands.operand(gates),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            Codes.first(variant.cellOutputActivation()),
            Codes.second(variant.cellOutputActivation()),
            variant.coupledInputForget() ? 1 : 0,
            (float) variant.cellClip(),
            address(peephole),
            gates.rows(),
            dc.columns(),
            address(gates),
            stride(gates),
            address(cPrev),
            stride(cPrev),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh),
            address(dc),
            stride(dc),
            address(cell),
            stride(cell)));
  }
}
