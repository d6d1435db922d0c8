package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;

/** Sums over rows, and their selection. */
interface CudaRows extends ElementwiseOperations, CudaOperations {
  @Override
  default void sumRows(Matrix x, double beta, Matrix sum) {
    begin(x, sum);
    OperandChecks.rowOf(x, "sum", sum);
    Operands.reals(sum);
    check(
        "sumRows",
        ElementwiseKernels.sumRows(
            handle(),
            Operands.numbers(x),
            x.rows(),
            x.columns(),
            address(x),
            stride(x),
            (float) beta,
            address(sum),
            scratch()));
  }

  @Override
  default void gatherRows(Matrix table, Matrix ids, Matrix out) {
    begin(table, ids, out);
    OperandChecks.rowSelection(table, ids, out);
    Operands.integers(ids);
    Operands.convertible(table, out);
    check(
        "gatherRows",
        ElementwiseKernels.gatherRows(
            handle(),
            Codes.of(Operands.type(table)),
            Codes.of(Operands.type(out)),
            out.rows(),
            out.columns(),
            address(table),
            stride(table),
            address(ids),
            address(out),
            stride(out)));
  }

  @Override
  default void scatterAddRows(Matrix rows, Matrix ids, Matrix table) {
    begin(rows, ids, table);
    OperandChecks.rowSelection(table, ids, rows);
    Operands.integers(ids);
    Operands.reals(rows, table);
    check(
        "scatterAddRows",
        ElementwiseKernels.scatterAddRows(
            handle(),
            rows.rows(),
            rows.columns(),
            address(rows),
            stride(rows),
            address(ids),
            address(table),
            stride(table)));
  }
}
