package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private static final List<String> TEXT = List.of("b", "a", "c", "a", "<unk>", "c", "a", "d");

  @Test
  void frequentTokensComeFirstAndTiesByTheirCharacters() {
    Vocabulary all = Vocabulary.of(TEXT, 1, 0, Vocabulary.PADDING, Vocabulary.UNKNOWN);
    assertEquals(List.of("<pad>", "<unk>", "a", "c", "b", "d"), all.tokens());
    assertArrayEquals(new int[] {2, 1, 5}, all.ids(List.of("a", "never", "d")));
    assertEquals("c", all.token(3));
  }

  @Test
  void countAndSizeBoundIt() {
    assertEquals(List.of("a", "c"), Vocabulary.of(TEXT, 2, 0, "<unk>").tokens().subList(1, 3));
    assertEquals(3, Vocabulary.of(TEXT, 2, 0, "<unk>").size());
    assertEquals(List.of("<unk>", "a"), Vocabulary.of(TEXT, 1, 2, "<unk>").tokens());
  }

  @Test
  void whatIsNotInItIsAnErrorUnlessThereIsAnUnknownToken() {
    Vocabulary closed = new Vocabulary(List.of("x", "y"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> closed.id("z")).getMessage();
    assertEquals("'z' is not in the vocabulary", message);
    assertTrue(closed.contains("x"));
  }

  @Test
  void aTokenHasOneId() {
    assertThrows(IllegalArgumentException.class, () -> new Vocabulary(List.of("x", "x")));
    assertThrows(IllegalArgumentException.class, () -> new Vocabulary(List.of()));
  }
}
