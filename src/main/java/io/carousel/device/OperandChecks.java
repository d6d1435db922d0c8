package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape rules of {@link Queue} operations, checked alike by every device before anything is
 * written.
 */
public final class OperandChecks {
  private OperandChecks() {}

  /** Operands of a device's operation must lie on it and be open. */
  public static void onDevice(Device device, @Nullable Matrix... operands) {
    for (Matrix operand : operands) {
      onDevice(device, operand);
    }
  }

  /** The same for one operand, without an array: nothing is allocated. */
  public static void onDevice(Device device, @Nullable Matrix operand) {
    if (operand == null) {
      return;
    }
    if (operand.buffer().device() != device) {
      throw new IllegalArgumentException(
          "'%s' lies on device %s, the queue belongs to %s"
              .formatted(
                  operand.buffer().owner(), operand.buffer().device().name(), device.name()));
    }
    if (operand.buffer().isClosed()) {
      throw new IllegalStateException("buffer '" + operand.buffer().owner() + "' is closed");
    }
  }

  /** The same for all weights of a stack, or gradients with respect to them. */
  public static void onDevice(Device device, List<LayerWeights> weights) {
    for (int run = 0; run < weights.size(); run++) {
      LayerWeights w = weights.get(run);
      onDevice(device, w.weightIh());
      onDevice(device, w.weightHh());
      onDevice(device, w.biasIh());
      onDevice(device, w.biasHh());
      onDevice(device, w.weightHr());
      onDevice(device, w.peephole());
    }
  }

  /** An array must hold the elements of a matrix. */
  public static void hostRange(int length, int offset, Matrix matrix) {
    if (offset < 0 || offset + matrix.size() > length) {
      throw new IndexOutOfBoundsException(
          "array of %d elements, from %d, does not hold %s"
              .formatted(length, offset, matrix.shape()));
    }
  }

  /** Both of one shape. */
  public static void sameShape(String nameA, Matrix a, String nameB, Matrix b) {
    if (a.rows() != b.rows() || a.columns() != b.columns()) {
      throw new IllegalArgumentException(
          "%s %s and %s %s differ in shape".formatted(nameA, a.shape(), nameB, b.shape()));
    }
  }

  /** Shapes of {@link ElementwiseOperations#gemm}. */
  public static void gemm(boolean transposeA, boolean transposeB, Matrix a, Matrix b, Matrix c) {
    int m = transposeA ? a.columns() : a.rows();
    int k = transposeA ? a.rows() : a.columns();
    int kb = transposeB ? b.columns() : b.rows();
    int n = transposeB ? b.rows() : b.columns();
    if (k != kb || c.rows() != m || c.columns() != n) {
      throw new IllegalArgumentException(
          "gemm: a%s %s times b%s %s does not give c %s"
              .formatted(
                  transposeA ? "ᵀ" : "", a.shape(), transposeB ? "ᵀ" : "", b.shape(), c.shape()));
    }
  }

  /** Shapes of {@link AttentionOperations#gemmStridedBatched}. */
  public static void gemmStridedBatched(
      boolean transposeA, boolean transposeB, MatrixBatch a, MatrixBatch b, MatrixBatch c) {
    gemm(transposeA, transposeB, a.first(), b.first(), c.first());
    if (a.count() != c.count() || b.count() != c.count()) {
      throw new IllegalArgumentException(
          "batches of %d and %d matrices do not give %d"
              .formatted(a.count(), b.count(), c.count()));
    }
  }

  /** Shapes of masked softmax, whose operands are all alike. */
  public static void maskedSoftmax(Matrix lengths, Matrix x, Matrix... others) {
    lengths.require("lengths", 1, x.rows());
    for (Matrix other : others) {
      sameShape("x or y", x, "other operand", other);
    }
  }

  /** A row as wide as x. */
  public static void rowOf(Matrix x, String name, Matrix row) {
    row.require(name, 1, x.columns());
  }

  /** Shapes of dropout. */
  public static void dropout(
      double rate, Matrix draw, @Nullable Matrix rowIds, Matrix x, Matrix y) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout rate must lie in [0, 1), got " + rate);
    }
    draw.require("draw", 1, 1);
    if (rowIds != null) {
      rowIds.require("rowIds", 2, x.rows());
    }
    sameShape("x", x, "y", y);
  }

  /** Shapes of gatherRows (out) and scatterAddRows (rows). */
  public static void rowSelection(Matrix table, Matrix ids, Matrix selected) {
    ids.require("ids", 1, selected.rows());
    if (table.columns() != selected.columns()) {
      throw new IllegalArgumentException(
          "table %s and selected rows %s differ in columns"
              .formatted(table.shape(), selected.shape()));
    }
  }

  /**
   * Operands of a cell with n rows and H units: gates [n, blocks·H], bias [1, biasBlocks·H], others
   * [n, H].
   */
  public static void cell(
      Matrix gates, int blocks, @Nullable Matrix bias, int biasBlocks, @Nullable Matrix... states) {
    int n = gates.rows();
    int h = gates.columns() / blocks;
    gates.require("gates", n, blocks * h);
    if (bias != null) {
      bias.require("bias", 1, biasBlocks * h);
    }
    for (Matrix state : states) {
      if (state != null) {
        state.require("state", n, h);
      }
    }
  }

  /** The peephole weights of a variant, where it has some, for H units: [3, H] without gaps. */
  public static void peephole(LstmVariant variant, int units) {
    Matrix peephole = variant.peephole();
    if (peephole != null) {
      peephole.require("peephole", 3, units);
      if (!peephole.isContiguous()) {
        throw new IllegalArgumentException("peephole weights must lie without gaps");
      }
    }
  }

  /** Operands of softmax and cross-entropy. */
  public static void softmaxCrossEntropy(
      Matrix logits,
      Matrix labels,
      Matrix rowWeights,
      double labelSmoothing,
      @Nullable Matrix dLogits,
      Matrix loss) {
    loss(logits, rowWeights, dLogits, loss);
    labels.require("labels", 1, logits.rows());
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException(
          "label smoothing must lie in [0, 1], got " + labelSmoothing);
    }
  }

  /** Shapes of losses. */
  public static void loss(Matrix y, Matrix rowWeights, @Nullable Matrix dY, Matrix loss) {
    rowWeights.require("rowWeights", 1, y.rows());
    loss.require("loss", 1, 1);
    if (dY != null) {
      sameShape("outputs", y, "gradient", dY);
    }
  }

  /** Shapes of an update. */
  public static void update(List<UpdateTarget> targets, @Nullable Matrix gradientScale) {
    if (gradientScale != null) {
      gradientScale.require("gradientScale", 1, 1);
    }
    for (UpdateTarget target : targets) {
      contiguousLike(target.value(), target.value());
      contiguousLike(target.value(), target.gradient());
      contiguousLike(target.value(), target.first());
      contiguousLike(target.value(), target.second());
    }
  }

  private static void contiguousLike(Matrix value, @Nullable Matrix other) {
    if (other != null) {
      sameShape("parameter", value, "gradient or state", other);
      if (!other.isContiguous()) {
        throw new IllegalArgumentException("update needs contiguous matrices");
      }
    }
  }
}
