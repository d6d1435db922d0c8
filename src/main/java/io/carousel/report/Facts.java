package io.carousel.report;

import java.util.List;

/** A row of headline figures. */
public final class Facts extends Block {
  private final List<Fact> facts;

  private Facts(List<Fact> facts) {
    this.facts = facts;
  }

  /** The figures in reading order; three to six of them read well. */
  public static Facts of(Fact... facts) {
    return new Facts(List.of(facts));
  }

  @Override
  void render(HtmlWriter html) {
    html.start("dl", "class", "facts");
    for (Fact fact : facts) {
      html.start("div");
      html.element("dt", fact.label());
      html.start("dd", "class", "value").text(fact.value());
      if (!fact.unit().isEmpty()) {
        html.text("\u00a0").element("span", fact.unit(), "class", "unit");
      }
      html.end();
      if (!fact.note().isEmpty()) {
        html.element("dd", fact.note(), "class", "note");
      }
      html.end();
    }
    html.end();
  }
}
