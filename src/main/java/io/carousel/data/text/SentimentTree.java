package io.carousel.data.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sentence of the Stanford Sentiment Treebank (Socher et al. 2013), every phrase of which has a
 * label from 0, very negative, to 4, very positive. Written {@code (3 (2 The) (4 (3 best) (2
 * film)))}.
 *
 * @param label of the whole phrase
 * @param word the only word of a leaf, else empty
 * @param children parts of the phrase in their order, none of a leaf
 */
public record SentimentTree(int label, String word, List<SentimentTree> children) {
  /** Labels go from 0 to this one, exclusive. */
  public static final int LABELS = 5;

  /** Phrases are not nested deeper in any sentence; a file that says otherwise is broken. */
  private static final int DEEPEST = 500;

  /**
   * Reads one tree.
   *
   * @throws IllegalArgumentException when the line is none, with the column where that is seen
   */
  public static SentimentTree parse(String line) {
    Parser parser = new Parser(line);
    SentimentTree tree = parser.tree(0);
    parser.skipBlanks();
    if (parser.at < line.length()) {
      throw parser.wrong("text after the end of the tree");
    }
    return tree;
  }

  /** The words of the phrase with blanks between. */
  public String text() {
    return children.isEmpty()
        ? word
        : children.stream().map(SentimentTree::text).collect(Collectors.joining(" "));
  }

  /** The phrase itself and all phrases in it, down to single words, with their labels. */
  public List<LabelledText> phrases() {
    List<LabelledText> all = new ArrayList<>();
    addPhrases(all);
    return all;
  }

  private void addPhrases(List<LabelledText> all) {
    all.add(new LabelledText(text(), label));
    children.forEach(child -> child.addPhrases(all));
  }

  private static final class Parser {
    private final String line;
    private int at;

    Parser(String line) {
      this.line = line;
    }

    SentimentTree tree(int depth) {
      if (depth > DEEPEST) {
        throw wrong("phrases nested more than " + DEEPEST + " deep");
      }
      take('(');
      int label = peek() - '0';
      if (label < 0 || label >= LABELS) {
        throw wrong("a label 0 to 4 must follow '('");
      }
      at++;
      if (peek() != ' ') {
        throw wrong("a blank must follow the label");
      }
      skipBlanks();
      String word = "";
      List<SentimentTree> children = new ArrayList<>();
      if (peek() == '(') {
        while (peek() == '(') {
          children.add(tree(depth + 1));
          skipBlanks();
        }
      } else {
        int from = at;
        while (peek() != ')' && peek() != '(' && peek() != ' ' && at < line.length()) {
          at++;
        }
        word = line.substring(from, at);
        if (word.isEmpty()) {
          throw wrong("a word or a phrase must follow the label");
        }
        skipBlanks();
      }
      take(')');
      return new SentimentTree(label, word, List.copyOf(children));
    }

    private void take(char expected) {
      if (peek() != expected) {
        throw wrong("expected '" + expected + "'");
      }
      at++;
    }

    /** The next character, 0 at the end. */
    private char peek() {
      return at < line.length() ? line.charAt(at) : 0;
    }

    void skipBlanks() {
      while (peek() == ' ') {
        at++;
      }
    }

    IllegalArgumentException wrong(String problem) {
      return new IllegalArgumentException(problem + " at column " + (at + 1));
    }
  }
}
