package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.carousel.ForkedJvm;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.optim.Adam;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed gives the same bits in two fresh processes. */
class FreshProcessTest {
  /** Trains and prints a hash of all weights. */
  static final class Training {
    public static void main(String[] args) throws Exception {
      try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2));
          SequenceModel model =
              SequenceModel.around(Lstm.builder(2, 40).layers(2).bidirectional(true).dropout(0.2))
                  .head(1)
                  .build(device, Long.parseLong(args[0]));
          Trainer<SequenceBatch> trainer =
              new Trainer<>(
                  SequenceObjective.meanSquaredError(model),
                  new Adam(model.parameters(), 0.01),
                  new TrainerSettings().epochs(5).clipNorm(1))) {
        trainer.fit(SequenceBatches.shuffled(new RaggedSums(64, 4), 16, 1));
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        for (double[] values : TrainerTest.weights(model).values()) {
          ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
          bytes.asDoubleBuffer().put(values);
          hash.update(bytes);
        }
        System.out.println(HexFormat.of().formatHex(hash.digest()));
      }
    }
  }

  @Test
  void sameSeedSameBits(@TempDir Path folder) throws Exception {
    String first = ForkedJvm.run(folder, Training.class, "7");
    assertEquals(first, ForkedJvm.run(folder, Training.class, "7"));
    assertNotEquals(first, ForkedJvm.run(folder, Training.class, "8"));
  }
}
