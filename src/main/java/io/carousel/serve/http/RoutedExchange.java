package io.carousel.serve.http;

/** An exchange whose path has segments that stand for something. */
interface RoutedExchange extends Exchange {
  /** The text at {@code {name}} of the route's template. */
  String segment(String name);

  /** The same, or another text when the template has no such segment. */
  String segmentOr(String name, String other);
}
