package io.carousel.serve.http;

import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.carousel.serve.protocol.ModelSignature;
import org.jspecify.annotations.Nullable;

/**
 * A model under the name by which clients ask for it.
 *
 * @param name of letters, digits, dots, hyphens and underscores
 * @param model stays its owner's
 * @param sessions its streams, null when it cannot run step by step
 * @param sequences what it takes and gives as a whole
 * @param steps the same of a stream
 */
record ServedName(
    String name,
    ServedModel model,
    @Nullable SessionPool sessions,
    ModelSignature sequences,
    ModelSignature steps) {
  ServedName(String name, ServedModel model, @Nullable SessionPool sessions) {
    this(
        name,
        model,
        sessions,
        ModelSignature.ofSequences(model.spec()),
        ModelSignature.ofSteps(model.spec()));
  }

  /** The version that clients may ask for: the weights themselves. */
  String version() {
    return model.fingerprint();
  }
}
