package io.carousel.report;

/** One piece of a report's content: a chart, a table, headline figures, text or key–value pairs. */
public abstract sealed class Block
    permits Facts, HeatMap, KeyValues, LineChart, Paragraph, Preformatted, Table {
  Block() {}

  /** Appends this block to the page. */
  abstract void render(HtmlWriter html);
}
