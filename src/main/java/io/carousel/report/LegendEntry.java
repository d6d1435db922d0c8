package io.carousel.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a chart shows under one name, a line of its legend.
 *
 * @param colour place in the palette from 1 on, or 0 for grey
 * @param items the marks, bands or the level of this name; a line's values are in its {@link
 *     Series}
 */
record LegendEntry(String name, Kind kind, int colour, List<Item> items) {
  LegendEntry(String name, Kind kind, int colour) {
    this(name, kind, colour, new ArrayList<>());
  }

  /** How the thing is drawn, so that colour is never the only difference. */
  enum Kind {
    SOLID,
    DASHED,
    REFERENCE,
    LEVEL,
    MARK,
    BAND;

    /** Whether several calls may add to one name. */
    boolean repeatable() {
      return this == MARK || this == BAND;
    }

    /** Whether it takes a colour of the palette. */
    boolean coloured() {
      return this != REFERENCE && this != LEVEL;
    }

    /** The name that style and script know it by. */
    String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The label that every item has, which the legend shows as the plot does; else empty. */
  String commonLabel() {
    String first = items.isEmpty() ? "" : items.get(0).label();
    return items.stream().allMatch(item -> item.label().equals(first)) ? first : "";
  }

  /** A stretch of x, a position on x where both ends are equal, or a level of y. */
  record Item(double from, double to, String label) {}
}
