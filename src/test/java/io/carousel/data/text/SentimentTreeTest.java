package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentimentTreeTest {
  @Test
  void readsASentenceWithItsPhrases() {
    SentimentTree tree = SentimentTree.parse("(3 (2 The) (4 (4 (3 best) (2 film)) (2 .)))");
    assertEquals("The best film .", tree.text());
    assertEquals(
        List.of(
            new LabelledText("The best film .", 3),
            new LabelledText("The", 2),
            new LabelledText("best film .", 4),
            new LabelledText("best film", 4),
            new LabelledText("best", 3),
            new LabelledText("film", 2),
            new LabelledText(".", 2)),
        tree.phrases());
    assertEquals(List.of(new LabelledText("-LRB-", 0)), SentimentTree.parse("(0 -LRB-)").phrases());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(5 word) | a label 0 to 4 must follow '(' at column 2",
        "(2word) | a blank must follow the label at column 3",
        "word | expected '(' at column 1",
        "(2 (3 a) (1 b) | expected ')' at column 15",
        "(2 (3 a) b) | expected ')' at column 10",
        "(2 ) | a word or a phrase must follow the label at column 4",
        "(2 a) (2 b) | text after the end of the tree at column 7",
        "( | a label 0 to 4",
      })
  void saysWhereALineIsNoTree(String line, String expected) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> SentimentTree.parse(line));
    assertEquals(expected, refused.getMessage().substring(0, expected.length()));
  }

  @Test
  void deepNestingIsNoStackOverflow() {
    String line = "(2 ".repeat(100_000);
    assertThrows(IllegalArgumentException.class, () -> SentimentTree.parse(line));
  }
}
