package io.carousel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceBatch.Carry;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenStreamsTest {
  private static int[] text(int length) {
    return IntStream.range(0, length).map(i -> 100 + i).toArray();
  }

  @Test
  void streamsGoOnFromBatchToBatch() {
    TokenStreams streams = TokenStreams.training(text(24), 3, 3); // 7 inputs each, 6 of them used
    assertEquals(2, streams.size());
    SequenceBatch first = streams.batch(1, 0);
    SequenceBatch second = streams.batch(1, 1);
    assertEquals(Carry.START, first.carry());
    assertEquals(Carry.CONTINUE, second.carry());
    assertArrayEquals(new int[] {100, 107, 114, 101, 108, 115, 102, 109, 116}, first.ids());
    assertArrayEquals(new int[] {103, 110, 117, 104, 111, 118, 105, 112, 119}, second.ids());
    assertArrayEquals(
        Arrays.stream(second.ids()).map(id -> id + 1).toArray(), second.targets().labels());
    assertEquals(9, streams.samples(first));
  }

  @ParameterizedTest
  @CsvSource({"2,1,1", "24,3,3", "25,3,3", "26,5,4", "11,4,50", "10,4,2", "40,1,7"})
  void evaluationTellsEveryTokenButTheFirstOnce(int length, int streams, int steps) {
    TokenStreams batches = TokenStreams.evaluation(text(length), streams, steps);
    int[] told = new int[length];
    for (int i = 0; i < batches.size(); i++) {
      SequenceBatch batch = batches.batch(1, i);
      int[] lengths = batch.shape().lengths();
      for (int n = 0; n < streams; n++) {
        for (int t = 0; t < lengths[n]; t++) {
          int at = t * streams + n;
          assertEquals(batch.ids()[at] + 1, batch.targets().labels()[at]);
          told[batch.targets().labels()[at] - 100]++;
        }
      }
    }
    int[] once = new int[length];
    Arrays.fill(once, 1, length, 1);
    assertArrayEquals(once, told);
  }

  @Test
  void tooLittleTextIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> TokenStreams.training(text(9), 3, 3));
    assertEquals(1, TokenStreams.training(text(10), 3, 3).size());
    assertThrows(IllegalArgumentException.class, () -> TokenStreams.evaluation(text(3), 3, 3));
    assertThrows(IllegalArgumentException.class, () -> TokenStreams.training(text(9), 0, 3));
  }
}
