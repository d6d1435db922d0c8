package io.carousel.rnn;

import io.carousel.device.CloseAll;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.AttentionPass;
import io.carousel.nn.LuongAttention;
import java.util.ArrayList;
import java.util.List;

/** Attention between packed stacks: pads what they give, and packs what comes out. */
final class TargetAttention {
  private final MatrixPool pool;
  private final LuongAttention attention;

  TargetAttention(MatrixPool pool, LuongAttention attention) {
    this.pool = pool;
    this.attention = attention;
  }

  Pass forward(
      Queue queue, PackedShape source, Matrix encoder, PackedShape target, Matrix decoder) {
    return new Pass(queue, source, encoder, target, decoder);
  }

  /** The outputs of an encoder, padded: [S · N, G]; the caller releases it to the pool. */
  Matrix memory(Queue queue, PackedShape source, Matrix encoder) {
    try (PaddedRows rows = new PaddedRows(queue, pool, source)) {
      Matrix memory = pool.lease(rows.rows(), encoder.columns());
      try {
        rows.pad(queue, encoder, memory);
        return memory;
      } catch (RuntimeException e) {
        pool.release(memory);
        throw e;
      }
    }
  }

  /**
   * attended [Σ n_t, H] ← h~ of packed decoder outputs. There may be several targets to a source:
   * target b · N + n is of source n, which stands to attention like further steps.
   */
  void infer(
      Queue queue, EncodedSource source, PackedShape target, Matrix decoder, Matrix attended) {
    int[] lengths = source.lengths();
    try (Leases leases = new Leases(pool);
        PaddedRows rows = new PaddedRows(queue, pool, target)) {
      Matrix padded = leases.lease(rows.rows(), attention.size());
      Matrix output = leases.lease(rows.rows(), attention.size());
      rows.pad(queue, decoder, padded);
      attention.infer(queue, padded, source.memory(), lengths, output, null);
      rows.pack(queue, output, attended);
    }
  }

  /** Alignment weights [target step][source step] of one source and one target. */
  double[][] alignment(Queue queue, EncodedSource source, Matrix decoder) {
    int[] lengths = source.lengths();
    try (Leases leases = new Leases(pool)) {
      Matrix output = leases.lease(decoder.rows(), attention.size());
      Matrix weights = leases.lease(decoder.rows(), lengths[0]);
      attention.infer(queue, decoder, source.memory(), lengths, output, weights);
      return LuongAttention.alignment(queue, weights, 1, 0);
    }
  }

  /** An open training pass. */
  final class Pass implements AutoCloseable {
    private final Queue queue;
    private final PaddedRows sourceRows;
    private final PaddedRows targetRows;
    private final AttentionPass attended;
    private final Matrix output;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Pass(Queue queue, PackedShape source, Matrix encoder, PackedShape target, Matrix decoder) {
      this.queue = queue;
      try {
        Leases leases = opened(new Leases(pool));
        sourceRows = opened(new PaddedRows(queue, pool, source));
        targetRows = opened(new PaddedRows(queue, pool, target));
        Matrix keys = leases.lease(sourceRows.rows(), attention.sourceSize());
        Matrix steps = leases.lease(targetRows.rows(), attention.size());
        sourceRows.pad(queue, encoder, keys);
        targetRows.pad(queue, decoder, steps);
        attended = opened(attention.forward(queue, steps, keys, source.lengths()));
        output = leases.lease(target.rows(), attention.size());
        targetRows.pack(queue, attended.output(), output);
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        throw e;
      }
    }

    private <T extends AutoCloseable> T opened(T part) {
      opened.add(part);
      return part;
    }

    /** h~ [Σ n_t, H], packed. */
    Matrix output() {
      return output;
    }

    /** All packed: dDecoder, which may be dOutput, and dEncoder are overwritten. */
    void backward(Matrix dOutput, Matrix dDecoder, Matrix dEncoder) {
      try (Leases scratch = new Leases(pool)) {
        Matrix dAttended = scratch.lease(targetRows.rows(), attention.size());
        Matrix dSteps = scratch.lease(targetRows.rows(), attention.size());
        Matrix dKeys = scratch.lease(sourceRows.rows(), attention.sourceSize());
        targetRows.pad(queue, dOutput, dAttended);
        attended.backward(dAttended, dSteps, dKeys);
        targetRows.pack(queue, dSteps, dDecoder);
        sourceRows.pack(queue, dKeys, dEncoder);
      }
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
    }
  }
}
