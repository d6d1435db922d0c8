package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of a GRU whose reset gate acts after the recurrent product. */
interface CudaGru extends CellOperations, CudaOperations {
  @Override
  default void gruForward(
      GruVariant variant,
      Matrix xGates,
      Matrix hGates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(xGates, hGates, bias, h, hPrev, output);
    OperandChecks.cell(xGates, 3, bias, 4, h, hPrev, output);
    OperandChecks.sameShape("xGates", xGates, "hGates", hGates);
    Operands.reals(bias, h, output);
    check(
        "gruForward",
        GruKernels.forward(
            handle(),
            Operands.operand(xGates, hGates, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            xGates.rows(),
            h.columns(),
            address(xGates),
            stride(xGates),
            address(hGates),
            stride(hGates),
            address(bias),
            address(h),
            stride(h),
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output)));
  }

  @Override
  default void gruBackward(
      GruVariant variant,
      Matrix xGates,
      Matrix hGates,
      Matrix hPrev,
      @Nullable Matrix dOutput,
      Matrix dh) {
    begin(xGates, hGates, hPrev, dOutput, dh);
    OperandChecks.cell(xGates, 3, null, 4, hPrev, dOutput, dh);
    OperandChecks.sameShape("xGates", xGates, "hGates", hGates);
    Operands.reals(dOutput, dh);
    check(
        "gruBackward",
        GruKernels.backward(
            handle(),
            Operands.operand(xGates, hGates, hPrev),
            Codes.first(variant.gateActivation()),
            Codes.second(variant.gateActivation()),
            Codes.first(variant.activation()),
            Codes.second(variant.activation()),
            xGates.rows(),
            dh.columns(),
            address(xGates),
            stride(xGates),
            address(hGates),
            stride(hGates),
            address(hPrev),
            stride(hPrev),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh)));
  }
}
