package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Draw;
import io.carousel.nn.Dropout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Initializer;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;

/** What a stack reads of a batch of ids: vectors of an embedding, some features dropped. */
final class TokenInput {
  /** Small at first, as the weights of the stacks are: PyTorch's 1 drowns what dropout leaves. */
  private static final Initializer START = Initializer.normal(0.1);

  private final MatrixPool pool;
  private final Embedding embedding;
  private final Dropout dropout;

  TokenInput(
      ParameterSet parameters, MatrixPool pool, String side, int ids, int size, double rate) {
    this.pool = pool;
    embedding =
        new Embedding(
            parameters, pool, side + "_embedding", ids, size, START, Embedding.NO_PADDING);
    dropout = new Dropout(pool, side, parameters.seed(), rate, size);
  }

  /** x [Σ n_t, E] ← the vectors of the batch, packed. */
  void infer(Queue queue, SequenceBatch batch, Matrix x) {
    embedding.infer(queue, Packing.pack(batch.shape(), batch.ids()), x);
  }

  Pass forward(Queue queue, SequenceBatch batch, int draw) {
    return new Pass(queue, batch, draw);
  }

  /** Masks are a matter of the caller's row and step, not of how the batch was packed. */
  static Draw draw(Queue queue, PackedShape shape, int number, Leases leases) {
    Matrix rowIds = leases.leaseIntegers(2, shape.rows());
    queue.upload(shape.rowIds(), 0, rowIds);
    return new Draw(number, rowIds);
  }

  /** An open training pass. */
  final class Pass implements AutoCloseable {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final io.carousel.nn.Pass lookedUp;
    private final io.carousel.nn.Pass dropped;

    Pass(Queue queue, SequenceBatch batch, int draw) {
      PackedShape shape = batch.shape();
      Leases leases = new Leases(pool);
      opened.add(leases);
      try {
        lookedUp = embedding.forward(queue, Packing.pack(shape, batch.ids()));
        opened.add(lookedUp);
        dropped = dropout.forward(queue, lookedUp.output(), draw(queue, shape, draw, leases));
        opened.add(dropped);
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        throw e;
      }
    }

    /** [Σ n_t, E], packed. */
    Matrix output() {
      return dropped.output();
    }

    /** Overwrites dX. */
    void backward(Matrix dX) {
      dropped.backward(dX, dX);
      lookedUp.backward(dX, null);
    }

    @Override
    public void close() {
      CloseAll.inReverse(opened);
    }
  }
}
