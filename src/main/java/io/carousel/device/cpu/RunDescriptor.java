package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.RecurrentSpec;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the recurrent kernels are told of one layer and direction of one pass: a {@code
 * carousel_cpu_run} of {@code native/include/carousel/cpu.h}, whose comments say what each word
 * means.
 */
final class RunDescriptor {
  /** The words, in the order of the C structure. */
  enum Word {
    VECTOR,
    CELL,
    ACTIVATION,
    INPUTS,
    UNITS,
    REVERSE,
    TRAINING,
    STEPS,
    BATCH,
    ROWS,
    STEP_ROWS,
    STEP_OFFSET,
    ORDER,
    WEIGHTS,
    X,
    X_STRIDE,
    H0,
    H0_STRIDE,
    C0,
    C0_STRIDE,
    OUTPUT,
    OUTPUT_STRIDE,
    HN,
    HN_STRIDE,
    CN,
    CN_STRIDE,
    GATES,
    STATES,
    D_OUTPUT,
    D_OUTPUT_STRIDE,
    D_HN,
    D_HN_STRIDE,
    D_CN,
    D_CN_STRIDE,
    D_H0,
    D_H0_STRIDE,
    D_C0,
    D_C0_STRIDE,
    CARRY,
    D_X,
    D_X_STRIDE,
    D_X_ADDS,
    D_X_BY_ROWS,
    D_WEIGHT_IH,
    D_WEIGHT_IH_STRIDE,
    D_WEIGHT_HH,
    D_WEIGHT_HH_STRIDE,
    D_BIAS_IH,
    D_BIAS_HH,
    SUMS,
    TRACE_GATES,
    TRACE_CELL,
    TRACE_DH
  }

  /** What {@link #size} tells, in the order of {@code CAROUSEL_CPU_WEIGHTS} and so on. */
  enum Size {
    WEIGHTS,
    GATES,
    STATES,
    CARRY,
    SUMS,
    FORWARD_PANELS,
    BACKWARD_PANELS,
    GRADIENT_TILES
  }

  private static final int ROW = 16;

  private final LongBuffer words;
  private final long address;

  /** A descriptor of zeros and nulls, in memory that is lent to it. */
  RunDescriptor(Leases leases) {
    CpuBuffer buffer = CpuBuffer.integers(leases.leaseIntegers(1, 2 * Word.values().length));
    words = buffer.longs();
    address = buffer.address(0);
    for (int i = 0; i < Word.values().length; i++) {
      words.put(i, 0);
    }
  }

  /** What the kernels take. */
  long address() {
    return address;
  }

  void set(Word word, long value) {
    words.put(word.ordinal(), value);
  }

  boolean isSet(Word word) {
    return words.get(word.ordinal()) != 0;
  }

  /** Points to the first element of a matrix of floats; null where there is none. */
  void point(Word pointer, @Nullable Matrix matrix) {
    set(pointer, CpuBuffer.address(matrix));
  }

  /**
   * Points to an element of a matrix, null where there is none, and tells the stride, which is the
   * word that follows the pointer.
   */
  void view(Word pointer, @Nullable Matrix matrix, int row, int column) {
    if (matrix == null) {
      set(pointer, 0);
      return;
    }
    long element = (long) row * matrix.stride() + column;
    set(pointer, CpuBuffer.address(matrix) + element * Float.BYTES);
    words.put(pointer.ordinal() + 1, matrix.stride());
  }

  /** Sets what does not change from batch to batch. */
  void describe(InstructionSet instructions, RecurrentSpec spec, int run, boolean training) {
    set(Word.VECTOR, instructions.vector());
    set(Word.CELL, code(spec.cell()));
    set(Word.ACTIVATION, code(spec.activation()));
    set(Word.INPUTS, spec.layerInputSize(run / spec.directions()));
    set(Word.UNITS, spec.hiddenSize());
    set(Word.REVERSE, run % spec.directions());
    set(Word.TRAINING, training ? 1 : 0);
  }

  /** A size in floats, or a count; see the header for the words that it depends on. */
  long size(Size what) {
    return RecurrentKernels.size(address, what.ordinal());
  }

  /** Points all descriptors to one piece of memory, of the size that the largest of them needs. */
  static void share(Leases leases, FusedRun[] runs, Size what, Word pointer) {
    FusedRun largest = runs[0];
    for (FusedRun run : runs) {
      if (run.words().size(what) > largest.words().size(what)) {
        largest = run;
      }
    }
    Matrix memory = largest.words().lease(leases, what);
    for (FusedRun run : runs) {
      run.words().point(pointer, memory);
    }
  }

  /** Lends memory of such a size: rows of 64 bytes, because an int may not hold it. */
  Matrix lease(Leases leases, Size what) {
    return leases.lease(Math.toIntExact((size(what) + ROW - 1) / ROW), ROW);
  }

  private static int code(Cell cell) {
    return switch (cell) {
      case RNN -> 0;
      case LSTM -> 1;
      case GRU -> 2;
    };
  }

  /** Functions with numbers of their own do not get here ({@link FusedSupport}). */
  private static int code(Activation f) {
    return switch (f.kind()) {
      case IDENTITY -> 0;
      case SIGMOID -> 1;
      case TANH -> 2;
      case RELU -> 3;
      default -> throw new IllegalArgumentException("the fused kernels have no " + f);
    };
  }
}
