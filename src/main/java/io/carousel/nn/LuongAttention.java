package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Global attention of Luong, Pham and Manning 2015 (arXiv 1508.04025, section 3.1), over all steps
 * of a target at once. For each decoder output h_t and the encoder outputs e_s of its source,
 *
 * <pre>
 * a_ts = softmax over s of score(h_t, e_s)      alignment weights, 0 past the source's end
 * c_t  = Σ_s a_ts e_s                            context, 0 for a source of length 0
 * h~_t = tanh(W_c [c_t; h_t])                    equation 5
 * </pre>
 *
 * with score hᵀe or hᵀ W_a e. Parameters {@code path.combine.weight} W_c [H, G + H] and, for the
 * general score, {@code path.score.weight} W_a [H, G]; no bias. There is no input feeding: h~ does
 * not go back into the decoder, which is why all steps can be taken at once.
 *
 * <p>Sequences are padded and time-major: row t · N + n is step t of sequence n. Decoder [T · N,
 * H], encoder [S · N, G], weights [T · N, S]. What lies past a sequence's end must be finite, such
 * as zeros; in the encoder it counts for nothing. Nothing here looks from one target step to
 * another, so in beam search the hypotheses of a source may take the place of steps: row b · N + n.
 */
public final class LuongAttention {
  /** How well a decoder output h and an encoder output e match. */
  public enum Score {
    /** hᵀe; h and e are of one size. */
    DOT,
    /** hᵀ W_a e. */
    GENERAL
  }

  private final MatrixPool pool;
  private final String path;
  private final int size;
  private final int sourceSize;
  private final @Nullable Parameter score;
  private final Parameter combine;

  /**
   * A layer whose initial weights are uniform in ±1/√(columns), as PyTorch's Linear has them.
   *
   * @param parameters receives the parameters
   * @param pool lends outputs
   * @param path dotted path of the layer
   * @param score how outputs are compared
   * @param size H, columns of the decoder's output and of h~
   * @param sourceSize G, columns of the encoder's output; H for the dot score
   */
  public LuongAttention(
      ParameterSet parameters,
      MatrixPool pool,
      String path,
      Score score,
      int size,
      int sourceSize) {
    if (score == Score.DOT && size != sourceSize) {
      throw new IllegalArgumentException(
          ("attention '%s': the dot score needs encoder and decoder outputs of one size, not %d and"
                  + " %d; take the general score")
              .formatted(path, sourceSize, size));
    }
    this.pool = pool;
    this.path = path;
    this.size = size;
    this.sourceSize = sourceSize;
    this.score =
        score == Score.DOT
            ? null
            : parameters.add(
                path + ".score.weight",
                new int[] {size, sourceSize},
                Initializer.uniformFan(sourceSize));
    int both = Math.addExact(sourceSize, size);
    combine =
        parameters.add(
            path + ".combine.weight", new int[] {size, both}, Initializer.uniformFan(both));
  }

  /** H, columns of the decoder's output and of h~. */
  public int size() {
    return size;
  }

  /** G, columns of the encoder's output. */
  public int sourceSize() {
    return sourceSize;
  }

  /**
   * Runs forward for training.
   *
   * @param queue where the work goes, also that of backward
   * @param decoder [T · N, H]; read now and by backward
   * @param encoder [S · N, G]; read now and by backward
   * @param sourceLengths [N], each in 0..S
   * @return the pass, open until backward or close
   */
  public AttentionPass forward(Queue queue, Matrix decoder, Matrix encoder, int... sourceLengths) {
    require(decoder, encoder, sourceLengths);
    MatrixPool lent = pool.nested();
    try {
      AttentionRun run = run(queue, lent, decoder, encoder, sourceLengths, null, null);
      return new AttentionPass(run, pool, lent);
    } catch (RuntimeException e) {
      lent.close();
      throw e;
    }
  }

  /**
   * Runs forward and keeps nothing.
   *
   * @param queue where the work goes
   * @param decoder [T · N, H]; read
   * @param encoder [S · N, G]; read
   * @param sourceLengths [N], each in 0..S
   * @param output h~ [T · N, H]; overwritten
   * @param weights alignment weights [T · N, S], null where not wanted; overwritten
   */
  public void infer(
      Queue queue,
      Matrix decoder,
      Matrix encoder,
      int[] sourceLengths,
      Matrix output,
      @Nullable Matrix weights) {
    require(decoder, encoder, sourceLengths);
    output.require("output of '" + path + "' [T · N, H]", decoder.rows(), size);
    if (weights != null) {
      int steps = encoder.rows() / sourceLengths.length;
      weights.require("weights of '" + path + "' [T · N, S]", decoder.rows(), steps);
    }
    try (MatrixPool lent = pool.nested()) {
      run(queue, lent, decoder, encoder, sourceLengths, output, weights);
    }
  }

  private AttentionRun run(
      Queue queue,
      MatrixPool lent,
      Matrix decoder,
      Matrix encoder,
      int[] sourceLengths,
      @Nullable Matrix output,
      @Nullable Matrix weights) {
    int sequences = sourceLengths.length;
    int rows = decoder.rows();
    AttentionRun run =
        new AttentionRun(
            queue,
            score,
            combine,
            sequences,
            decoder,
            encoder,
            lent.leaseIntegers(1, rows),
            score == null ? decoder : lent.lease(rows, sourceSize),
            weights == null ? lent.lease(rows, encoder.rows() / sequences) : weights,
            lent.lease(rows, sourceSize),
            output == null ? lent.lease(rows, size) : output);
    run.forward(sourceLengths);
    return run;
  }

  /**
   * The alignment weights of one sequence on the host: [target step][source step].
   *
   * @param queue carries them
   * @param weights [T · N, S], from a pass or from {@link #infer}
   * @param sequences N
   * @param n which sequence
   */
  public static double[][] alignment(Queue queue, Matrix weights, int sequences, int n) {
    Matrix one = MatrixBatch.timeMajor(weights, sequences).matrix(n);
    double[] values = new double[Math.toIntExact(one.size())];
    queue.download(one, values, 0);
    double[][] alignment = new double[one.rows()][];
    for (int t = 0; t < alignment.length; t++) {
      alignment[t] = Arrays.copyOfRange(values, t * one.columns(), (t + 1) * one.columns());
    }
    return alignment;
  }

  private void require(Matrix decoder, Matrix encoder, int[] lengths) {
    if (lengths.length == 0
        || decoder.rows() % lengths.length != 0
        || encoder.rows() % lengths.length != 0) {
      throw new IllegalArgumentException(
          "attention '%s': decoder %s and encoder %s do not hold the steps of %d sequences"
              .formatted(path, decoder.shape(), encoder.shape(), lengths.length));
    }
    decoder.require("decoder output of '" + path + "' [T · N, H]", decoder.rows(), size);
    encoder.require("encoder output of '" + path + "' [S · N, G]", encoder.rows(), sourceSize);
    int steps = encoder.rows() / lengths.length;
    for (int n = 0; n < lengths.length; n++) {
      if (lengths[n] < 0 || lengths[n] > steps) {
        throw new IllegalArgumentException(
            "attention '%s': length %d of source %d does not lie in 0..%d"
                .formatted(path, lengths[n], n, steps));
      }
    }
  }
}
