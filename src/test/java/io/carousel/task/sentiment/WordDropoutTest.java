package io.carousel.task.sentiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carousel.data.SequenceBatch;
import io.carousel.data.text.LabelledTokens;
import io.carousel.train.BatchSource;
import io.carousel.train.SequenceBatches;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordDropoutTest {
  private static BatchSource<SequenceBatch> words(double rate) {
    int[] ids = new int[1000];
    Arrays.fill(ids, 7);
    LabelledTokens texts = new LabelledTokens(List.of(ids, ids, ids, ids), new int[] {0, 1, 1, 0});
    return new WordDropout(SequenceBatches.shuffled(texts, 4, 1), rate, 3, 1);
  }

  @Test
  void thatShareOfWordsBecomesUnknown() {
    SequenceBatch batch = words(0.3).batch(2, 0);
    assertEquals(0.3, Arrays.stream(batch.ids()).filter(id -> id == 3).count() / 4000.0, 0.03);
    assertEquals(4000, Arrays.stream(batch.ids()).filter(id -> id == 3 || id == 7).count());
    assertEquals(2, Arrays.stream(batch.targets().labels()).sum());
    assertEquals(4000, Arrays.stream(words(0).batch(2, 0).ids()).filter(id -> id == 7).count());
  }

  @Test
  void otherWordsEachEpochTheSameWhenAskedAgain() {
    assertArrayEquals(words(0.3).batch(2, 0).ids(), words(0.3).batch(2, 0).ids());
    assertFalse(Arrays.equals(words(0.3).batch(2, 0).ids(), words(0.3).batch(3, 0).ids()));
  }
}
