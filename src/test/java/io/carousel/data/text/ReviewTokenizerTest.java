package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.text.SentimentFiles.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReviewTokenizerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "I don't like it. | i do n't like it",
        "It's NOT what they've promised, isn't it?! | it 's not what they 've promised , is n't it"
            + " ?!",
        "You can't, won't and cannot | you ca n't , wo n't and can not",
        "A \"witty\" film (really!) | a `` witty '' film lrb really ! rrb",
        "the actors' best can't-miss work | the actors ' best ca n't miss work",
        "a 'quoted' word, ol' man of the '60s, 10,000 of 'em | a ` quoted ' word , ol' man of the"
            + " '60s , 10,000 of 'em",
        "Curly “quotes” and it’s | curly `` quotes '' and it 's",
        "re-imagining; of: beauty/beast... | re imagining of beauty beast",
        "clichéd | clich d",
        "a stirring , funny film that does n't | a stirring , funny film that does n't",
      })
  void cutsAsTheTreebankDoes(String text, String expected) {
    assertEquals(expected, String.join(" ", ReviewTokenizer.words(text)));
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertEquals(List.of(), ReviewTokenizer.words(""));
    assertEquals(List.of(), ReviewTokenizer.words(" ... \n-"));
  }

  /** SST-2 is SST-5 without its neutral sentences, lower-cased and cleaned: here by us. */
  @Test
  void makesTheSentencesOfSst2OfThoseOfSst5() throws IOException {
    List<LabelledText> two = read("sst2");
    List<LabelledText> five = read("sst5").stream().filter(s -> s.label() != 2).toList();
    assertEquals(6920, two.size());
    assertEquals(two.size(), five.size());
    for (int i = 0; i < two.size(); i++) {
      assertEquals(two.get(i).text(), words(five.get(i).text()));
      assertEquals(two.get(i).label(), five.get(i).label() / 3);
    }
  }

  /** Raw text of the same sentences gives the same words. */
  @Test
  void undoesWhatAWriterWouldHaveWritten() throws IOException {
    int written = 0;
    for (LabelledText sentence : read("sst2")) {
      String text = sentence.text();
      assertEquals(text, words(text), "already cut");
      if (text.contains("`") || text.contains(" ' ") || text.endsWith(" '")) {
        continue; // nobody can tell what an apostrophe belonged to
      }
      String raw =
          text.replaceAll(" (n't|'s|'re|'ve|'ll|'d|'m)\\b", "$1").replaceAll(" ([,!?])", "$1");
      assertEquals(
          text.replace("can not", "cannot"), words(raw + ".").replace("can not", "cannot"));
      written += raw.equals(text) ? 0 : 1;
    }
    assertTrue(written > 4000, "only " + written + " sentences would have been written otherwise");
  }

  private static String words(String text) {
    return String.join(" ", ReviewTokenizer.words(text));
  }

  private static List<LabelledText> read(String name) throws IOException {
    Path folder = TestData.require(name);
    return SentimentFiles.in(folder).sentences(Part.TRAIN);
  }
}
