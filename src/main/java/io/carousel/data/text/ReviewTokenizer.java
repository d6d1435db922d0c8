package io.carousel.data.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts English text into words as the sentences of the Stanford Sentiment Treebank are cut, so that
 * text as people write it and the files of the treebank give the same words.
 *
 * <p>First what the Penn Treebank's tokenisation does to raw text: clitics are split off (does n't,
 * film 's, they 've), double quotes become {@code ``} and {@code ''}, brackets {@code -lrb-} and
 * {@code -rrb-}. Then what Kim (2014, function clean_str_sst of CNN_sentence) does to the
 * treebank's sentences, as which most of its copies exist: lower case, every character but letters
 * a-z, digits and {@code , ! ? ' `} is a gap. Text that is cut already stays as it is.
 */
public final class ReviewTokenizer {
  private static final Pattern OPENING_QUOTE = Pattern.compile("(?<![^\\s(\\[{`-])\"");
  private static final Pattern OPENING_APOSTROPHE =
      Pattern.compile("(?<![^\\s(\\[{`-])'(?=[a-z])(?!(?:s|m|d|re|ve|ll|em|til|n|t)\\b)");
  private static final Pattern NOT = Pattern.compile("(?<=[a-z0-9])n't\\b");
  private static final Pattern CLITIC = Pattern.compile("(?<=[a-z0-9])'(s|m|d|re|ve|ll)\\b");
  private static final Pattern CLOSING_APOSTROPHE =
      Pattern.compile("(?<=[^\\s'`])(?<!\\bol)(?<!'n)'(?=[\\s,!?.;:)\\]-]|$)");
  private static final Pattern CANNOT = Pattern.compile("\\bcannot\\b");
  private static final Pattern PUNCTUATION = Pattern.compile("``|''|[!?]+|,(?![0-9])|(?<![0-9]),");
  private static final Pattern OTHER = Pattern.compile("[^a-z0-9,!?'`]+");

  private ReviewTokenizer() {}

  /** The words of a text; none of a text without any. */
  public static List<String> words(String text) {
    String t = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    t = t.replace('\u2019', '\'').replace('\u2018', '`');
    t = t.replace("\u201c", " `` ").replace("\u201d", " '' ");
    t = OPENING_QUOTE.matcher(t).replaceAll(" `` ").replace("\"", " '' ");
    t = t.replace("(", " lrb ").replace(")", " rrb ");
    t = OPENING_APOSTROPHE.matcher(t).replaceAll("` ");
    t = NOT.matcher(t).replaceAll(" n't");
    t = CLITIC.matcher(t).replaceAll(" '$1");
    t = CLOSING_APOSTROPHE.matcher(t).replaceAll(" '");
    t = CANNOT.matcher(t).replaceAll("can not");
    t = PUNCTUATION.matcher(t).replaceAll(" $0 ");
    t = OTHER.matcher(t).replaceAll(" ").strip();
    return t.isEmpty() ? List.of() : Arrays.asList(t.split(" "));
  }
}
