package io.carousel.serve;

import io.carousel.device.CloseAll;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.StreamInference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A replica of the model with its workspace, used by one thread at a time. */
final class Runner implements AutoCloseable {
  final SequenceModel model;
  final @Nullable StreamInference streams;

  /** Takes the model; {@link #close} closes it. */
  Runner(SequenceModel model) {
    this.model = model;
    try {
      streams = StreamInference.whyNot(model.spec()) == null ? new StreamInference(model) : null;
    } catch (RuntimeException e) {
      CloseAll.after(e, List.of(model));
      throw e;
    }
  }

  /** Makes the calling thread the one that uses it. */
  void adopt() {
    model.queue().adopt();
  }

  StreamInference streams() {
    if (streams == null) {
      throw new IllegalStateException(StreamInference.whyNot(model.spec()));
    }
    return streams;
  }

  @Override
  public void close() {
    adopt();
    List<AutoCloseable> parts = new ArrayList<>(List.of(model));
    if (streams != null) {
      parts.add(streams);
    }
    CloseAll.inReverse(parts);
  }
}
