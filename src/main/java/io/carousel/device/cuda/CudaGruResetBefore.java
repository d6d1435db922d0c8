package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** The two halves of a GRU step whose reset gate acts before the recurrent product. */
interface CudaGruResetBefore extends CellOperations, CudaOperations {
  @Override
  default void gruResetForward(
      GruVariant variant, Matrix gates, @Nullable Matrix bias, Matrix h, Matrix resetH) {
    begin(gates, bias, h, resetH);
    OperandChecks.cell(gates, 3, bias, 4, h, resetH);
    Operands.reals(bias, h);
    check(
        "gruResetForward",
        GruKernels.resetForward(
            handle(),
            Operands.operand(gates, resetH),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            gates.rows(),
            h.columns(),
            address(gates),
            stride(gates),
            address(bias),
            address(h),
            stride(h),
            address(resetH),
            stride(resetH)));
  }

  @Override
  default void gruCandidateForward(
      GruVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(gates, bias, h, hPrev, output);
    OperandChecks.cell(gates, 3, bias, 4, h, hPrev, output);
    Operands.reals(bias, h, output);
    check(
        "gruCandidateForward",
        GruKernels.candidateForward(
            handle(),
            Operands.operand(gates, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            gates.rows(),
            h.columns(),
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
  default void gruCandidateBackward(
      GruVariant variant, Matrix gates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, hPrev, dOutput, dh);
    OperandChecks.cell(gates, 3, null, 4, hPrev, dOutput, dh);
    Operands.reals(dOutput, dh);
    check(
        "gruCandidateBackward",
        GruKernels.candidateBackward(
            handle(),
            Operands.operand(gates, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            gates.rows(),
            dh.columns(),
            address(gates),
            stride(gates),
            address(hPrev),
            stride(hPrev),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh)));
  }

  @Override
  default void gruResetBackward(
      GruVariant variant, Matrix gates, Matrix dResetH, Matrix hPrev, Matrix dh) {
    begin(gates, dResetH, hPrev, dh);
    OperandChecks.cell(gates, 3, null, 4, dResetH, hPrev, dh);
    Operands.reals(dResetH, dh);
    check(
        "gruResetBackward",
        GruKernels.resetBackward(
            handle(),
            Operands.operand(gates, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            gates.rows(),
            dh.columns(),
            address(gates),
            stride(gates),
            address(dResetH),
            stride(dResetH),
            address(hPrev),
            stride(hPrev),
            address(dh),
            stride(dh)));
  }
}
