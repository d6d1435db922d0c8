package io.carousel.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Writes HTML whose text and attribute values are always escaped. */
final class HtmlWriter {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();
  private final Map<String, Integer> counters = new HashMap<>();

  /** Opens an element; {@code attributes} are name, value, name, value… */
  HtmlWriter start(String tag, String... attributes) {
    tag(tag, attributes);
    open.push(tag);
    return this;
  }

  /** An element without content or end tag, such as {@code meta}. */
  HtmlWriter empty(String tag, String... attributes) {
    tag(tag, attributes);
    out.append('\n');
    return this;
  }

  /** Closes the innermost open element. */
  HtmlWriter end() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** A whole element that contains text only. */
  HtmlWriter element(String tag, String text, String... attributes) {
    tag(tag, attributes);
    text(text);
    out.append("</").append(tag).append(">\n");
    return this;
  }

  /** Escaped text. */
  HtmlWriter text(String text) {
    escape(text);
    return this;
  }

  /**
   * A script or style element, whose content HTML does not unescape.
   *
   * @throws IllegalArgumentException where the content would end the element or open a comment
   */
  HtmlWriter verbatim(String tag, String content, String... attributes) {
    String lower = content.toLowerCase(Locale.ROOT);
    if (lower.contains("</" + tag) || lower.contains("<!--")) {
      throw new IllegalArgumentException("the content of a " + tag + " element would end it");
    }
    tag(tag, attributes);
    out.append(content).append("</").append(tag).append(">\n");
    return this;
  }

  /** The next number of a kind of thing that is numbered on the page: 1, 2, 3… */
  int next(String kind) {
    return counters.merge(kind, 1, Integer::sum);
  }

  /** What was written so far. */
  @Override
  public String toString() {
    return out.toString();
  }

  private void tag(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
      }
    }
  }
}
