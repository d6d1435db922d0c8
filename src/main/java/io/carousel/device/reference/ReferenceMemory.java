package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.integers;
import static io.carousel.device.reference.ReferenceBuffer.reals;

import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.MemoryOperations;
import io.carousel.device.OperandChecks;
import java.util.Arrays;

/** Copies. */
interface ReferenceMemory extends MemoryOperations, ReferenceStart {
  @Override
  default void upload(double[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    double[] target = reals(to);
    for (int r = 0; r < to.rows(); r++) {
      System.arraycopy(from, offset + r * to.columns(), target, at(to, r), to.columns());
    }
  }

  @Override
  default void upload(float[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    double[] target = reals(to);
    for (int r = 0; r < to.rows(); r++) {
      for (int c = 0; c < to.columns(); c++) {
        target[at(to, r) + c] = from[offset + r * to.columns() + c];
      }
    }
  }

  @Override
  default void upload(int[] from, int offset, Matrix to) {
    begin(to);
    OperandChecks.hostRange(from.length, offset, to);
    int[] target = integers(to);
    for (int r = 0; r < to.rows(); r++) {
      System.arraycopy(from, offset + r * to.columns(), target, at(to, r), to.columns());
    }
  }

  @Override
  default void download(Matrix from, double[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    double[] source = reals(from);
    for (int r = 0; r < from.rows(); r++) {
      System.arraycopy(source, at(from, r), to, offset + r * from.columns(), from.columns());
    }
  }

  @Override
  default void download(Matrix from, float[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    double[] source = reals(from);
    for (int r = 0; r < from.rows(); r++) {
      for (int c = 0; c < from.columns(); c++) {
        to[offset + r * from.columns() + c] = (float) source[at(from, r) + c];
      }
    }
  }

  @Override
  default void download(Matrix from, int[] to, int offset) {
    begin(from);
    OperandChecks.hostRange(to.length, offset, from);
    int[] source = integers(from);
    for (int r = 0; r < from.rows(); r++) {
      System.arraycopy(source, at(from, r), to, offset + r * from.columns(), from.columns());
    }
  }

  @Override
  default void copy(Matrix from, Matrix to) {
    begin(from, to);
    OperandChecks.sameShape("from", from, "to", to);
    boolean integers = from.buffer().type() == ElementType.I32;
    Object source = integers ? integers(from) : reals(from);
    Object target = integers ? integers(to) : reals(to);
    for (int r = 0; r < from.rows(); r++) {
      System.arraycopy(source, at(from, r), target, at(to, r), from.columns());
    }
  }

  @Override
  default void fill(Matrix to, double value) {
    begin(to);
    boolean integers = to.buffer().type() == ElementType.I32;
    for (int r = 0; r < to.rows(); r++) {
      int start = at(to, r);
      if (integers) {
        Arrays.fill(integers(to), start, start + to.columns(), (int) value);
      } else {
        Arrays.fill(reals(to), start, start + to.columns(), value);
      }
    }
  }
}
