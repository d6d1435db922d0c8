package io.carousel.rnn;

import io.carousel.data.SequencePairBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.nn.Pass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open training pass of an {@link EncoderDecoder}: backward adds to the gradients of all its
 * parameters.
 */
public final class EncoderDecoderPass implements AutoCloseable {
  private final EncoderDecoder model;
  private final Queue queue;
  private final int batchSize;
  private final TokenInput.Pass source;
  private final RecurrentLayer.Pass encoder;
  private final TokenInput.Pass target;
  private final RecurrentLayer.Pass decoder;
  private final TargetAttention.@Nullable Pass attended;
  private final Pass dropped;
  private final Pass head;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private boolean consumed;

  EncoderDecoderPass(EncoderDecoder model, SequencePairBatch batch, int draw) {
    this.model = model;
    queue = model.queue();
    batchSize = batch.size();
    PackedShape shape = batch.target().shape();
    Leases leases = opened(new Leases(model.pool()));
    try {
      source = opened(model.sourceInput().forward(queue, batch.source(), draw));
      encoder =
          opened(
              model
                  .encoder()
                  .forward(queue, batch.source().shape(), source.output(), null, null, draw));
      Matrix h0 = decoderState(encoder.hN(), leases);
      Matrix c0 = encoder.cN() == null ? null : decoderState(encoder.cN(), leases);
      target = opened(model.targetInput().forward(queue, batch.target(), draw));
      decoder = opened(model.decoder().forward(queue, shape, target.output(), h0, c0, draw));
      TargetAttention attention = model.attention();
      attended =
          attention == null
              ? null
              : opened(
                  attention.forward(
                      queue, batch.source().shape(), encoder.output(), shape, decoder.output()));
      Matrix said = attended == null ? decoder.output() : attended.output();
      dropped =
          opened(
              model
                  .headDropout()
                  .forward(queue, said, TokenInput.draw(queue, shape, draw, leases)));
      head = opened(model.head().forward(queue, dropped.output()));
    } catch (RuntimeException e) {
      CloseAll.after(e, opened);
      model.trim(); // it may be want of memory: a smaller batch shall work
      throw e;
    }
  }

  /** Notes what is to be closed with this pass, also when it fails half-way. */
  private <T extends AutoCloseable> T opened(T part) {
    opened.add(part);
    return part;
  }

  private Matrix decoderState(Matrix encoderState, Leases leases) {
    Matrix state = leases.lease(model.spec().layers() * batchSize, model.spec().hiddenSize());
    model.bridge(encoderState, state, batchSize, true);
    return state;
  }

  /** Logits [Σ n_t, targetVocabulary] of the target's steps, packed; valid until the pass ends. */
  public Matrix output() {
    return head.output();
  }

  /**
   * Back-propagates through decoder and encoder and ends the pass.
   *
   * @param dOutput of the shape of {@link #output}, may be it; read
   */
  public void backward(Matrix dOutput) {
    if (consumed) {
      throw new IllegalStateException("this pass was consumed: backward ends it, once");
    }
    try (Leases scratch = new Leases(model.pool())) {
      Matrix dSteps = scratch.lease(dOutput.rows(), model.spec().hiddenSize());
      head.backward(dOutput, dSteps);
      dropped.backward(dSteps, dSteps);
      Matrix dEncoded = null;
      if (attended != null) {
        dEncoded = scratch.lease(encoder.output().rows(), encoder.output().columns());
        attended.backward(dSteps, dSteps, dEncoded);
      }
      Matrix dTarget = scratch.lease(target.output().rows(), target.output().columns());
      Matrix dH0 = scratch.lease(model.spec().layers() * batchSize, model.spec().hiddenSize());
      Matrix dC0 = scratch.leaseLike(encoder.cN() == null ? null : dH0);
      decoder.backward(dSteps, null, null, dTarget, dH0, dC0);
      target.backward(dTarget);
      Matrix dHn = encoderGradient(encoder.hN(), dH0, scratch);
      Matrix dCn = encoderGradient(encoder.cN(), dC0, scratch);
      Matrix dSource = scratch.lease(source.output().rows(), source.output().columns());
      encoder.backward(dEncoded, dHn, dCn, dSource, null, null);
      source.backward(dSource);
    } finally {
      close();
    }
  }

  private @Nullable Matrix encoderGradient(
      @Nullable Matrix encoderState, @Nullable Matrix dDecoderState, Leases scratch) {
    Matrix gradient = scratch.leaseLike(encoderState);
    if (gradient != null && dDecoderState != null) {
      model.bridge(gradient, dDecoderState, batchSize, false);
    }
    return gradient;
  }

  /** Ends the pass; without backward no gradients are added. */
  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      CloseAll.inReverse(opened);
    }
  }
}
