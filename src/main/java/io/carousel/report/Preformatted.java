package io.carousel.report;

import java.util.Objects;

/** A text whose lines and spaces are shown as they are, such as one that a model wrote. */
public final class Preformatted extends Block {
  private final String caption;
  private final String text;

  private Preformatted(String caption, String text) {
    this.caption = Objects.requireNonNull(caption);
    this.text = Objects.requireNonNull(text);
  }

  /** A text under a caption; markup in it is escaped, long lines are wrapped. */
  public static Preformatted captioned(String caption, String text) {
    return new Preformatted(caption, text);
  }

  @Override
  void render(HtmlWriter html) {
    html.start("figure", "class", "text");
    html.start("figcaption").element("h3", caption).end();
    html.element("pre", text, "tabindex", "0");
    html.end();
  }
}
