package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequencePairBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Dropout;
import io.carousel.nn.Linear;
import io.carousel.nn.LuongAttention;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequence to sequence (Sutskever, Vinyals, Le 2014): an encoder reads the source; the state that
 * each of its layers ends with starts the same layer of a decoder, which says the target one id at
 * a time, and may look back at every output of the encoder (Luong, Pham, Manning 2015). In training
 * all steps of the target run at once, each after the true id before it. Owns its parameters and a
 * queue; used by one thread at a time.
 */
public final class EncoderDecoder implements AutoCloseable {
  private final EncoderDecoderSpec spec;
  private final Queue queue;
  private final ParameterSet parameters;
  private final MatrixPool pool;
  private final TokenInput sourceInput;
  private final TokenInput targetInput;
  private final RecurrentLayer encoder;
  private final RecurrentLayer decoder;
  private final @Nullable TargetAttention attention;
  private final Dropout headDropout;
  private final Linear head;
  private final List<AutoCloseable> owned = new ArrayList<>();

  /**
   * Builds a model with new weights.
   *
   * @param spec what it is
   * @param device where it runs
   * @param seed of initial values and dropout
   */
  public EncoderDecoder(EncoderDecoderSpec spec, Device device, long seed) {
    this.spec = spec;
    int e = spec.embeddingSize();
    try {
      queue = owned(device.openQueue());
      parameters = owned(new ParameterSet(queue, seed, "encoder-decoder"));
      pool = owned(new MatrixPool(device, "encoder-decoder"));
      sourceInput =
          new TokenInput(parameters, pool, "source", spec.sourceVocabulary(), e, spec.dropout());
      targetInput =
          new TokenInput(parameters, pool, "target", spec.targetVocabulary(), e, spec.dropout());
      encoder = owned(RecurrentLayer.builder(spec.encoder()).build(parameters, "encoder"));
      decoder = owned(RecurrentLayer.builder(spec.decoder()).build(parameters, "decoder"));
      attention = attention(spec.attention());
      headDropout = new Dropout(pool, "head", seed, spec.dropout(), spec.hiddenSize());
      head = new Linear(parameters, pool, "out", spec.hiddenSize(), spec.targetVocabulary());
    } catch (RuntimeException failure) {
      CloseAll.after(failure, owned);
      throw failure;
    }
  }

  private @Nullable TargetAttention attention(LuongAttention.@Nullable Score score) {
    if (score == null) {
      return null;
    }
    int size = spec.hiddenSize(); // of the encoder's outputs, too
    return new TargetAttention(
        pool, new LuongAttention(parameters, pool, "attention", score, size, size));
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  /** What the model is. */
  public EncoderDecoderSpec spec() {
    return spec;
  }

  /**
   * All parameters, by path: {@code source_embedding.weight}, {@code encoder.weight_ih_l0}, …,
   * {@code out.bias}.
   */
  public ParameterSet parameters() {
    return parameters;
  }

  /** The queue that the model's work goes to; the thread that built the model holds it. */
  public Queue queue() {
    return queue;
  }

  /** Lends the matrices of a step; losses of this model take theirs from it too. */
  public MatrixPool pool() {
    return pool;
  }

  /** The stack that reads the source. */
  public RecurrentLayer encoder() {
    return encoder;
  }

  /** The stack that says the target. */
  public RecurrentLayer decoder() {
    return decoder;
  }

  /**
   * Runs forward for training.
   *
   * @param batch N pairs
   * @param draw number of the pass for dropout
   */
  public EncoderDecoderPass forward(SequencePairBatch batch, int draw) {
    return new EncoderDecoderPass(this, batch, draw);
  }

  /**
   * Reads sources without dropout.
   *
   * @return what a decoder starts from; the caller closes it
   */
  public EncodedSource encode(SequenceBatch source) {
    PackedShape shape = source.shape();
    int n = shape.batchSize();
    try (Leases leases = new Leases(pool)) {
      Matrix input = leases.lease(shape.rows(), spec.embeddingSize());
      sourceInput.infer(queue, source, input);
      Matrix output = leases.lease(shape.rows(), encoder.spec().outputSize());
      int states = encoder.spec().runs() * n;
      Matrix hN = leases.lease(states, encoder.spec().stateSize());
      Matrix cN = leases.leaseLike(spec.cell().hasCellState() ? hN : null);
      encoder.infer(queue, shape, input, null, null, output, hN, cN);
      RecurrentState state = new RecurrentState(queue.device(), decoder.spec(), n);
      try {
        bridge(hN, state.h(), n, true);
        Matrix c = state.c();
        if (cN != null && c != null) {
          bridge(cN, c, n, true);
        }
        Matrix memory = attention == null ? null : attention.memory(queue, shape, output);
        return new EncodedSource(pool, shape, state, memory);
      } catch (RuntimeException e) {
        state.close(); // it is not in the pool
        throw e;
      }
    } catch (DeviceOutOfMemoryException e) {
      trim();
      throw e;
    }
  }

  /**
   * Says what comes after the given ids, without dropout.
   *
   * @param source what is translated, N sources
   * @param state what the decoder starts from; overwritten by what it ends with
   * @param target N sequences of ids that the decoder reads, or B · N of them: sequence b · N + n
   *     is a target of source n
   * @return logits [Σ n_t, targetVocabulary], packed; the caller releases them to {@link #pool}
   */
  public Matrix decode(EncodedSource source, RecurrentState state, SequenceBatch target) {
    PackedShape shape = target.shape();
    try (Leases leases = new Leases(pool)) {
      Matrix output = leases.lease(shape.rows(), spec.hiddenSize());
      readTarget(state, target, output, leases);
      if (attention != null) {
        attention.infer(queue, source, shape, output, output);
      }
      Matrix logits = pool.lease(shape.rows(), spec.targetVocabulary());
      try {
        head.infer(queue, output, logits);
        return logits;
      } catch (RuntimeException e) {
        pool.release(logits);
        throw e;
      }
    } catch (DeviceOutOfMemoryException e) {
      trim();
      throw e;
    }
  }

  /**
   * Where the decoder looks while it says a target, without dropout.
   *
   * @param pair one source and one target
   * @return alignment weights [target step][source step], each row of sum 1
   * @throws IllegalStateException when the model has no attention
   */
  public double[][] align(SequencePairBatch pair) {
    if (attention == null) {
      throw new IllegalStateException("the model has no attention");
    }
    if (pair.size() != 1) {
      throw new IllegalArgumentException("one pair is aligned at a time, got " + pair.size());
    }
    PackedShape shape = pair.target().shape();
    try (EncodedSource source = encode(pair.source());
        Leases leases = new Leases(pool)) {
      Matrix steps = leases.lease(shape.rows(), spec.hiddenSize());
      readTarget(source.start(), pair.target(), steps, leases);
      return attention.alignment(queue, source, steps);
    }
  }

  /** Frees what is kept for the next batch, so that a smaller one works after want of memory. */
  void trim() {
    pool.trim();
    encoder.trim();
    decoder.trim();
  }

  /** output ← the decoder's outputs; the state goes on. */
  private void readTarget(
      RecurrentState state, SequenceBatch target, Matrix output, Leases leases) {
    Matrix input = leases.lease(target.shape().rows(), spec.embeddingSize());
    targetInput.infer(queue, target, input);
    decoder.infer(queue, target.shape(), input, state.h(), state.c(), output, state.h(), state.c());
  }

  /**
   * decoder's state [L·N, H] ← the encoder's [L·D·N, H/D], directions side by side; or, for
   * gradients, the other way round.
   */
  void bridge(Matrix encoderState, Matrix decoderState, int batchSize, boolean forward) {
    int directions = encoder.spec().directions();
    int size = encoder.spec().stateSize();
    for (int run = 0; run < encoder.spec().runs(); run++) {
      Matrix one = encoderState.rows(run * batchSize, batchSize);
      Matrix layer = decoderState.rows(run / directions * batchSize, batchSize);
      Matrix columns = layer.columns(run % directions * size, size);
      queue.copy(forward ? one : columns, forward ? columns : one);
    }
  }

  @Nullable TargetAttention attention() {
    return attention;
  }

  TokenInput sourceInput() {
    return sourceInput;
  }

  TokenInput targetInput() {
    return targetInput;
  }

  Dropout headDropout() {
    return headDropout;
  }

  Linear head() {
    return head;
  }

  /** Frees plans, parameters, pool and queue. */
  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
