package io.carousel.report;

import java.util.Objects;

/** One paragraph of plain text. */
public final class Paragraph extends Block {
  private final String text;

  private Paragraph(String text) {
    this.text = Objects.requireNonNull(text);
  }

  /** A paragraph that shows {@code text} literally: markup in it is escaped. */
  public static Paragraph of(String text) {
    return new Paragraph(text);
  }

  @Override
  void render(HtmlWriter html) {
    html.element("p", text);
  }
}
