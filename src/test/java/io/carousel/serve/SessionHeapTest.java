package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.HeapAllocation;
import io.carousel.device.Activation;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PlanCapacity;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step of a stream allocates nothing: not on the heap, not on the device. */
class SessionHeapTest {
  private static final int INPUTS = ServeFixture.INPUTS;

  @TempDir Path folder;

  static Stream<SequenceModelBuilder> models() {
    return Stream.of(
        SequenceModel.around(Lstm.builder(INPUTS, 16).layers(2)).head(2),
        SequenceModel.around(Lstm.builder(INPUTS, 128))
            .readout(Readout.LAST_CELL)
            .headDropout(0.5)
            .head(3)
            .outputActivation(Activation.SIGMOID),
        SequenceModel.around(Gru.builder(INPUTS, 32))
            .readout(Readout.LAST_STATE)
            .head(1)
            .outputActivation(Activation.SOFTPLUS));
  }

  @ParameterizedTest
  @MethodSource("models")
  void stepsAllocateNothing(SequenceModelBuilder builder) throws IOException {
    Path file = ServeFixture.save(folder, builder);
    RecurrentSpec spec = builder.spec().recurrent();
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
        ServedModel model = ServedModel.load(file, device)) {
      String why = device.whyNotFused(spec, new PlanCapacity(1, 1));
      assumeTrue(why == null, "skipped: " + why);
      StreamingSession session = model.openSession();
      float[] features = ServeFixture.features(1, 1);
      float[] outputs = new float[builder.spec().outputs()];
      session.step(features, outputs);
      long onDevice = device.allocationCount();
      assertEquals(0, HeapAllocation.least(() -> session.step(features, outputs)), "bytes of heap");
      assertEquals(onDevice, device.allocationCount());
    }
  }
}
