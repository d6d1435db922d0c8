package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.SequencePairBatch;
import io.carousel.data.SequencePairs;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.nn.LuongAttention;
import io.carousel.optim.Adam;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attention learns where to look. The task is to copy 16 to 20 random ids of 28, about 90 bits,
 * which a state of 32 units does not learn to hold in a few hundred steps: whoever copies has
 * looked at the place that is copied.
 */
class AlignmentTest {
  private static final int START = 0;
  private static final int END = 1;
  private static final int IDS = 30;

  private static SequencePairs copies(int count, int seed) {
    Random random = new Random(seed);
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(random.ints(16 + random.nextInt(5), END + 1, IDS).toArray());
    }
    return new SequencePairs(ids, ids, START, END);
  }

  @ParameterizedTest
  @EnumSource
  void looksAtTheIdThatIsCopied(LuongAttention.Score score) throws Exception {
    EncoderDecoderSpec spec =
        new EncoderDecoderSpec(Cell.GRU, IDS, IDS, 24, 32, 1, false, score, 0);
    try (Device device = Devices.open("cpu", new DeviceOptions(1, 1L << 30));
        EncoderDecoder model = new EncoderDecoder(spec, device, 1)) {
      learn(model);
      double share = shareOnDiagonal(model, copies(40, 123));
      assertTrue(share >= 0.9, score + ": " + share + " of the steps look at their own id");
    }
  }

  private static void learn(EncoderDecoder model) throws Exception {
    TrainerSettings settings = new TrainerSettings().epochs(6).clipNorm(1);
    try (Trainer<SequencePairBatch> trainer =
        new Trainer<>(
            new EncoderDecoderObjective(model, 0), new Adam(model.parameters(), 0.01), settings)) {
      trainer.fit(PairBatches.shuffled(copies(1600, 1), 32, 1));
    }
  }

  /** Of sequences that were not learned from; the end, which is nowhere in the source, left out. */
  private static double shareOnDiagonal(EncoderDecoder model, SequencePairs pairs) {
    int right = 0;
    int all = 0;
    for (int i = 0; i < pairs.size(); i++) {
      double[][] weights = model.align(pairs.batch(i));
      for (int t = 0; t < pairs.sourceLength(i); t++) {
        right += largest(weights[t]) == t ? 1 : 0;
        all++;
      }
    }
    return (double) right / all;
  }

  private static int largest(double[] weights) {
    int largest = 0;
    for (int i = 1; i < weights.length; i++) {
      largest = weights[i] > weights[largest] ? i : largest;
    }
    return largest;
  }
}
