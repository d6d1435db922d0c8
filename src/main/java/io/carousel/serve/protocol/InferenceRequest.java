package io.carousel.serve.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request whose tensors are those of a {@link ModelSignature}: all that it wants, of the right
 * types and shapes, all numbers finite.
 *
 * @param id that the answer repeats, null without one
 * @param inputs by name
 */
public record InferenceRequest(@Nullable String id, Map<String, Tensor> inputs) {
  /** The sequences. */
  public Tensor input() {
    return java.util.Objects.requireNonNull(inputs.get(ModelSignature.INPUT));
  }

  /** Their lengths, null when all are as long as the input's time axis. */
  public @Nullable Tensor lengths() {
    return inputs.get(ModelSignature.LENGTHS);
  }
}
