package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Linear;
import io.carousel.nn.ParameterSet;
import io.carousel.nn.Pass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An LSTM autoencoder: the encoder reads a sequence [T, F], its final states (h, c) start the
 * decoder, and a linear layer reads the sequence off the decoder's steps, from its end to its
 * beginning (Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video
 * Representations using LSTMs", ICML 2015). The decoder sees none of the sequence, only a clock
 * that runs from 1 to −1: all that it knows of it went through the 2·H·layers numbers of the state.
 *
 * <p>Owns its parameters ({@code encoder.…}, {@code decoder.…}, {@code out.…}) and a queue; used by
 * one thread at a time.
 */
public final class SequenceAutoencoder implements AutoCloseable {
  private final Queue queue;
  private final ParameterSet parameters;
  private final MatrixPool pool;
  private final RecurrentLayer encoder;
  private final RecurrentLayer decoder;
  private final Linear out;
  private final List<AutoCloseable> owned = new ArrayList<>();

  /**
   * An autoencoder with PyTorch's initial values.
   *
   * @param features F
   * @param hidden H, of both stacks
   * @param layers of both stacks
   * @param device where it runs
   * @param seed of the initial values
   */
  public SequenceAutoencoder(int features, int hidden, int layers, Device device, long seed) {
    try {
      queue = owned(device.openQueue());
      parameters = owned(new ParameterSet(queue, seed, "autoencoder"));
      pool = owned(new MatrixPool(device, "autoencoder"));
      encoder = owned(stack(features, hidden, layers).build(parameters, "encoder"));
      decoder = owned(stack(1, hidden, layers).build(parameters, "decoder"));
      out = new Linear(parameters, pool, "out", hidden, features);
    } catch (RuntimeException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  private static Lstm.Builder stack(int inputs, int hidden, int layers) {
    return Lstm.builder(inputs, hidden).layers(layers).forgetBias(1);
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  /** F. */
  public int features() {
    return out.outputSize();
  }

  /** H. */
  public int hidden() {
    return out.inputSize();
  }

  /** Stacked layers of encoder and decoder. */
  public int layers() {
    return encoder.spec().numLayers();
  }

  /** The encoder's stack. */
  public RecurrentLayer encoder() {
    return encoder;
  }

  /** The decoder's stack. */
  public RecurrentLayer decoder() {
    return decoder;
  }

  /** All parameters, by path. */
  public ParameterSet parameters() {
    return parameters;
  }

  /** Where the work goes. */
  public Queue queue() {
    return queue;
  }

  /** Lends the matrices of a step. */
  public MatrixPool pool() {
    return pool;
  }

  /** What the outputs should be: the batch's features, packed, each sequence from its end. */
  public static float[] reversed(SequenceBatch batch) {
    return Packing.pack(batch.shape(), batch.featureCount(), batch.reversed().features());
  }

  /**
   * Runs forward for training.
   *
   * @param batch N sequences
   * @param draw number of the pass for dropout
   */
  public Open forward(SequenceBatch batch, int draw) {
    requireInput(batch);
    return new Open(batch, draw);
  }

  /**
   * Runs forward and keeps nothing.
   *
   * @return [Σ n_t, F] packed, each sequence from its end; the caller releases it to {@link #pool}
   */
  public Matrix infer(SequenceBatch batch) {
    requireInput(batch);
    PackedShape shape = batch.shape();
    try (Leases leases = new Leases(pool)) {
      Matrix input = upload(leases, Packing.pack(shape, features(), batch.features()), features());
      Matrix steps = leases.lease(shape.rows(), hidden());
      Matrix h = leases.lease(layers() * shape.batchSize(), hidden());
      Matrix c = leases.lease(layers() * shape.batchSize(), hidden());
      encoder.infer(queue, shape, input, null, null, steps, h, c);
      decoder.infer(queue, shape, upload(leases, clock(shape), 1), h, c, steps, h, c);
      Matrix output = pool.lease(shape.rows(), features());
      try {
        out.infer(queue, steps, output);
        return output;
      } catch (RuntimeException e) {
        pool.release(output);
        throw e;
      }
    } catch (DeviceOutOfMemoryException e) {
      trim();
      throw e;
    }
  }

  /**
   * The sequences as the decoder gives them back, padded [T, N, F] with zeros past the ends, in
   * their own order.
   */
  public float[] reconstruct(SequenceBatch batch) {
    Matrix output = infer(batch);
    float[] packed = new float[Math.toIntExact(output.size())];
    try {
      queue.download(output, packed, 0);
    } finally {
      pool.release(output);
    }
    PackedShape shape = batch.shape();
    float[] fromTheEnd = Packing.pad(shape, features(), packed);
    return SequenceBatch.ofFeatures(shape, features(), fromTheEnd).reversed().features();
  }

  private Matrix upload(Leases leases, float[] packed, int columns) {
    Matrix matrix = leases.lease(packed.length / columns, columns);
    queue.upload(packed, 0, matrix);
    return matrix;
  }

  /** From 1 at a sequence's first decoded step to −1 at its last one, packed. */
  private static float[] clock(PackedShape shape) {
    float[] clock = new float[shape.rows()];
    for (int n = 0; n < shape.batchSize(); n++) {
      int length = shape.length(n);
      for (int t = 0; t < length; t++) {
        clock[shape.packedRow(t, n)] = 1 - 2f * t / Math.max(1, length - 1);
      }
    }
    return clock;
  }

  private void requireInput(SequenceBatch batch) {
    if (batch.featureCount() != features()) {
      throw new IllegalArgumentException(
          "the autoencoder takes %d features per step, got %d"
              .formatted(features(), batch.featureCount()));
    }
  }

  /** Frees what is kept for the next batch, so that a smaller one works after want of memory. */
  private void trim() {
    pool.trim();
    encoder.trim();
    decoder.trim();
  }

  /** Frees plans, parameters, pool and queue. */
  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }

  /** An open training pass; backward adds to the gradients of all parameters. */
  public final class Open implements AutoCloseable {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final RecurrentLayer.Pass encoding;
    private final RecurrentLayer.Pass decoding;
    private final Pass reading;
    private boolean ended;

    private Open(SequenceBatch batch, int draw) {
      PackedShape shape = batch.shape();
      Leases leases = opened(new Leases(pool));
      try {
        Matrix input =
            upload(leases, Packing.pack(shape, features(), batch.features()), features());
        encoding = opened(encoder.forward(queue, shape, input, null, null, draw));
        Matrix ticks = upload(leases, clock(shape), 1);
        decoding = opened(decoder.forward(queue, shape, ticks, encoding.hN(), encoding.cN(), draw));
        reading = opened(out.forward(queue, decoding.output()));
      } catch (RuntimeException e) {
        CloseAll.after(e, opened);
        trim(); // it may be want of memory: a smaller batch shall work
        throw e;
      }
    }

    private <T extends AutoCloseable> T opened(T part) {
      opened.add(part);
      return part;
    }

    /** [Σ n_t, F] packed, each sequence from its end; valid until the pass ends. */
    public Matrix output() {
      return reading.output();
    }

    /**
     * Back-propagates through decoder and encoder, and ends the pass.
     *
     * @param dOutput of the shape of {@link #output}; read
     */
    public void backward(Matrix dOutput) {
      if (ended) {
        throw new IllegalStateException("this pass was consumed: backward ends it, once");
      }
      try (Leases leases = new Leases(pool)) {
        Matrix steps = decoding.output();
        Matrix dSteps = leases.lease(steps.rows(), steps.columns());
        reading.backward(dOutput, dSteps);
        Matrix dH = leases.leaseLike(encoding.hN());
        @Nullable Matrix dC = leases.leaseLike(encoding.cN());
        decoding.backward(dSteps, null, null, null, dH, dC);
        encoding.backward(null, dH, dC, null, null, null);
      } finally {
        close();
      }
    }

    /** Ends the pass; without backward no gradients are added. */
    @Override
    public void close() {
      if (!ended) {
        ended = true;
        CloseAll.inReverse(opened);
      }
    }
  }
}
