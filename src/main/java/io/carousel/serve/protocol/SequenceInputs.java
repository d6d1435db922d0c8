package io.carousel.serve.protocol;

import io.carousel.data.BatchFirst;
import io.carousel.data.SequenceBatch;
import io.carousel.device.PackedShape;
import io.carousel.rnn.SequenceModelSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the tensors of requests, batch first, into the sequences of models, time first, and back.
 */
public final class SequenceInputs {
  private SequenceInputs() {}

  /**
   * The sequences of a request, cut off at the longest.
   *
   * @param request by {@link ModelSignature#ofSequences}
   * @throws ProtocolException when a length or an id is out of its range
   */
  public static SequenceBatch batch(InferenceRequest request, SequenceModelSpec model) {
    Tensor input = request.input();
    int batchSize = input.size(0);
    int time = input.size(1);
    PackedShape shape = shape(request.lengths(), batchSize, time);
    if (model.vocabulary() > 0) {
      requireIds(input, model.vocabulary());
      int[] ids = new int[shape.steps() * batchSize];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = input.integers()[i % batchSize * time + i / batchSize];
      }
      return SequenceBatch.ofIds(shape, ids);
    }
    int features = input.size(2);
    float[] timeMajor = BatchFirst.toTimeMajor(batchSize, time, features, input.floats());
    int values = shape.steps() * batchSize * features;
    return SequenceBatch.ofFeatures(
        shape, features, values == timeMajor.length ? timeMajor : Arrays.copyOf(timeMajor, values));
  }

  private static PackedShape shape(@Nullable Tensor lengths, int batchSize, int time) {
    if (lengths == null) {
      return PackedShape.dense(time, batchSize);
    }
    if (lengths.size(0) != batchSize) {
      throw new ProtocolException(
          "%s has %d sequences along axis batch, the input %d"
              .formatted(lengths.spec(), lengths.size(0), batchSize));
    }
    for (int i = 0; i < batchSize; i++) {
      int length = lengths.integers()[i];
      if (length < 0 || length > time) {
        throw new ProtocolException(
            "%s at [batch %d] is %d, axis time of the input has %d steps"
                .formatted(lengths.spec(), i, length, time));
      }
    }
    return PackedShape.of(lengths.integers());
  }

  /** Refuses ids that the model does not know. */
  public static void requireIds(Tensor input, int vocabulary) {
    int[] ids = input.integers();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= vocabulary) {
        throw new ProtocolException(
            "%s at %s is %d, the model knows ids 0..%d"
                .formatted(
                    input.spec(), input.spec().position(input.shape(), i), ids[i], vocabulary - 1));
      }
    }
  }

  /**
   * What a model said of the sequences of a request, batch first.
   *
   * @param predicted [steps of the longest sequence, batch, outputs], or [batch, outputs]
   * @param time steps of the request; those beyond the longest sequence are zeros
   */
  public static Tensor output(
      ModelSignature signature, SequenceBatch batch, int time, float[] predicted) {
    int batchSize = batch.shape().batchSize();
    List<TensorSpec.Axis> axes = signature.output().axes();
    int outputs = axes.get(axes.size() - 1).size();
    if (axes.size() == 2) {
      return Tensor.of(signature.output(), List.of(batchSize, outputs), predicted);
    }
    float[] padded = Arrays.copyOf(predicted, Math.multiplyExact(time * batchSize, outputs));
    return Tensor.of(
        signature.output(),
        List.of(batchSize, time, outputs),
        BatchFirst.fromTimeMajor(time, batchSize, outputs, padded));
  }
}
