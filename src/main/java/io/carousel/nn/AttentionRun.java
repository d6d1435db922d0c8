package io.carousel.nn;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@link LuongAttention}: its matrices, and the operations on them. W_c is never applied
 * to [c; h] as such: its columns are taken in two parts, so that nothing is copied.
 *
 * @param score W_a, null for the dot score
 * @param combine W_c
 * @param sequences N
 * @param lengths [1, T · N] integers: the source's length for each row
 * @param query [T · N, G], what is compared with the encoder's output: h W_a, or h itself
 */
record AttentionRun(
    Queue queue,
    @Nullable Parameter score,
    Parameter combine,
    int sequences,
    Matrix decoder,
    Matrix encoder,
    Matrix lengths,
    Matrix query,
    Matrix weights,
    Matrix context,
    Matrix output) {

  void forward(int[] sourceLengths) {
    int[] ofRows = new int[decoder.rows()];
    for (int r = 0; r < ofRows.length; r++) {
      ofRows[r] = sourceLengths[r % sequences];
    }
    queue.upload(ofRows, 0, lengths);
    if (score != null) {
      queue.gemm(false, false, 1, decoder, score.value(), 0, query);
    }
    queue.gemmStridedBatched(false, true, 1, each(query), each(encoder), 0, each(weights));
    queue.maskedSoftmaxForward(weights, lengths, weights);
    queue.gemmStridedBatched(false, false, 1, each(weights), each(encoder), 0, each(context));
    queue.gemm(false, true, 1, context, ofContext(combine.value()), 0, output);
    queue.gemm(false, true, 1, decoder, ofDecoder(combine.value()), 1, output);
    queue.activationForward(Activation.TANH, output, output);
  }

  void backward(
      MatrixPool scratch, Matrix dOutput, @Nullable Matrix dDecoder, @Nullable Matrix dEncoder) {
    Matrix dSum = scratch.lease(output.rows(), output.columns()); // of tanh's argument
    Matrix dContext = scratch.lease(context.rows(), context.columns());
    Matrix dScores = scratch.lease(weights.rows(), weights.columns());
    queue.activationBackward(Activation.TANH, output, dOutput, dSum);
    if (combine.requiresGradient()) {
      queue.gemm(true, false, 1, dSum, context, 1, ofContext(combine.gradient()));
      queue.gemm(true, false, 1, dSum, decoder, 1, ofDecoder(combine.gradient()));
    }
    queue.gemm(false, false, 1, dSum, ofContext(combine.value()), 0, dContext);
    if (dDecoder != null) {
      queue.gemm(false, false, 1, dSum, ofDecoder(combine.value()), 0, dDecoder);
    }
    queue.gemmStridedBatched(false, true, 1, each(dContext), each(encoder), 0, each(dScores));
    queue.maskedSoftmaxBackward(weights, lengths, dScores, dScores);
    if (dEncoder != null) {
      MatrixBatch sum = each(dEncoder);
      queue.gemmStridedBatched(true, false, 1, each(weights), each(dContext), 0, sum);
      queue.gemmStridedBatched(true, false, 1, each(dScores), each(query), 1, sum);
    }
    if (score != null) {
      backwardOfGeneralScore(score, dScores, dContext, dDecoder);
    } else if (dDecoder != null) {
      queue.gemmStridedBatched(false, false, 1, each(dScores), each(encoder), 1, each(dDecoder));
    }
  }

  /** Adds to the gradients of W_a and of the decoder's output; overwrites dQuery. */
  private void backwardOfGeneralScore(
      Parameter wA, Matrix dScores, Matrix dQuery, @Nullable Matrix dDecoder) {
    queue.gemmStridedBatched(false, false, 1, each(dScores), each(encoder), 0, each(dQuery));
    if (wA.requiresGradient()) {
      queue.gemm(true, false, 1, decoder, dQuery, 1, wA.gradient());
    }
    if (dDecoder != null) {
      queue.gemm(false, true, 1, dQuery, wA.value(), 1, dDecoder);
    }
  }

  private MatrixBatch each(Matrix timeMajor) {
    return MatrixBatch.timeMajor(timeMajor, sequences);
  }

  /** The columns of W_c, or of its gradient, that belong to the context. */
  private Matrix ofContext(Matrix ofCombine) {
    return ofCombine.columns(0, encoder.columns());
  }

  /** Those that belong to the decoder's output. */
  private Matrix ofDecoder(Matrix ofCombine) {
    return ofCombine.columns(encoder.columns(), decoder.columns());
  }
}
