package io.carousel.data.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.text.SentencePairs;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyntheticPairsTest {
  @Test
  void numbersInWords() {
    assertEquals("zero", NumberWords.words(0));
    assertEquals("nineteen", NumberWords.words(19));
    assertEquals("forty", NumberWords.words(40));
    assertEquals("one hundred one", NumberWords.words(101));
    assertEquals("four hundred two thousand nineteen", NumberWords.words(402_019));
    assertEquals(
        "nine hundred ninety nine thousand nine hundred ninety nine", NumberWords.words(999_999));
    assertThrows(IllegalArgumentException.class, () -> NumberWords.words(1_000_000));
  }

  @Test
  void pairsAreDifferentAndOfTheSeed() {
    SentencePairs numbers = NumberWords.pairs(3000, 1);
    assertEquals(3000, new HashSet<>(numbers.target()).size());
    for (int i = 0; i < numbers.size(); i++) {
      int number = Integer.parseInt(numbers.target().get(i));
      assertEquals(NumberWords.words(number), numbers.source().get(i));
    }
    assertEquals(numbers, NumberWords.pairs(3000, 1));
    assertNotEquals(numbers, NumberWords.pairs(3000, 2));
    assertEquals(3000, new HashSet<>(DateTexts.pairs(3000, 1).target()).size());
    assertEquals(DateTexts.pairs(300, 1), DateTexts.pairs(300, 1));
  }

  /** What people write must say one day only, else it could not be learned. */
  @Test
  void datesAreUnambiguous() {
    SentencePairs all = DateTexts.pairs(36_525, 7);
    Map<String, String> days = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      String iso = all.target().get(i);
      assertTrue(LocalDate.parse(iso).getYear() / 50 == 39 || iso.startsWith("20"), iso);
      String before = days.put(all.source().get(i), iso);
      assertTrue(before == null, all.source().get(i) + " is " + before + " and " + iso);
    }
  }
}
