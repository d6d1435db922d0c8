package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Operands as the kernel library takes them: addresses and strides of the right type. */
final class Operands {
  private Operands() {}

  /** Where element (0, 0) lies, 0 for a matrix that is not given. */
  static long address(@Nullable Matrix matrix) {
    if (matrix == null) {
      return 0;
    }
    CudaBuffer buffer = (CudaBuffer) matrix.buffer();
    return buffer.address() + matrix.offset() * buffer.type().bytes();
  }

  /** From one row to the next, in elements. */
  static long stride(@Nullable Matrix matrix) {
    return matrix == null ? 0 : matrix.stride();
  }

  static ElementType type(Matrix matrix) {
    return matrix.buffer().type();
  }

  /** Throws {@link IllegalArgumentException} unless all that are given hold floats. */
  static void reals(@Nullable Matrix... matrices) {
    for (Matrix matrix : matrices) {
      require(ElementType.F32, matrix);
    }
  }

  /** Throws {@link IllegalArgumentException} unless all that are given hold integers. */
  static void integers(@Nullable Matrix... matrices) {
    for (Matrix matrix : matrices) {
      require(ElementType.I32, matrix);
    }
  }

  private static void require(ElementType type, @Nullable Matrix matrix) {
    if (matrix != null && type(matrix) != type) {
      throw new IllegalArgumentException(
          "'%s' holds %s, not %s".formatted(matrix.buffer().owner(), type(matrix), type));
    }
  }

  /** The code of a matrix's type, which must be a real or a 16-bit one. */
  static int numbers(Matrix matrix) {
    if (type(matrix) == ElementType.I32) {
      throw new IllegalArgumentException(
          "'" + matrix.buffer().owner() + "' holds integers, not numbers");
    }
    return Codes.of(type(matrix));
  }

  /** Throws unless both hold numbers of any type, or both integers. */
  static void convertible(Matrix from, Matrix to) {
    if ((type(from) == ElementType.I32) != (type(to) == ElementType.I32)) {
      throw new IllegalArgumentException(
          "'%s' holds %s and '%s' %s: integers and numbers are not converted into each other"
              .formatted(from.buffer().owner(), type(from), to.buffer().owner(), type(to)));
    }
  }

  /** The code of the one type that gates and what is multiplied with them must have. */
  static int operand(Matrix gates, @Nullable Matrix... others) {
    for (Matrix other : others) {
      if (other != null && type(other) != type(gates)) {
        throw new IllegalArgumentException(
            "gates '%s' hold %s, but '%s' holds %s: operands of products must be of one type"
                .formatted(
                    gates.buffer().owner(), type(gates), other.buffer().owner(), type(other)));
      }
    }
    return numbers(gates);
  }
}
