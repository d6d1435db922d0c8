package io.carousel.serve.protocol;

import io.carousel.device.Activation;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModelSpec;

/** Signatures of small models. */
final class Signatures {
  /** [batch, time, features=2] and lengths to [batch, time, outputs=3]. */
  static final ModelSignature FEATURES = ModelSignature.ofSequences(model(0, Readout.EVERY_STEP));

  /** Ids of seven words, [batch, time], to [batch, outputs=3]. */
  static final ModelSignature IDS = ModelSignature.ofSequences(model(7, Readout.LAST_STATE));

  /** [time, features=2] to [time, outputs=3]. */
  static final ModelSignature STEPS = ModelSignature.ofSteps(model(0, Readout.EVERY_STEP));

  private Signatures() {}

  private static SequenceModelSpec model(int vocabulary, Readout readout) {
    RecurrentSpec stack = RecurrentSpec.lstm(2, 4);
    return new SequenceModelSpec(vocabulary, 0, stack, readout, 0, false, 3, Activation.IDENTITY);
  }
}
