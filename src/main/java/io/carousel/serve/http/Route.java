package io.carousel.serve.http;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one kind and who answers them.
 *
 * @param method of the requests, null for all
 * @param template the path; a segment in braces takes any text, {@code /**} at the end any path
 *     below
 * @param access who is served and when
 * @param action answers
 */
record Route(@Nullable String method, String template, Access access, Action action) {
  private static final String BELOW = "/**";

  /** An {@link Endpoint} that knows its route's segments. */
  interface Action {
    void handle(RoutedExchange exchange) throws IOException;
  }

  /** Who is served and when. */
  enum Access {
    /** Whoever shows the token, where there is one. */
    GUARDED,
    /** Everybody. */
    OPEN,
    /** Everybody, also while the server is busy or stops. */
    ALWAYS
  }

  /** A request's path as a route understands it. */
  record Match(Route route, String below, Map<String, String> segments) {}

  /** All requests at and below a path, which begins with a slash and does not end with one. */
  static Route below(String path, Access access, Endpoint endpoint) {
    if (!path.matches("/|(/[A-Za-z0-9._-]+)+")) {
      throw new IllegalArgumentException(
          "the path of an endpoint is / or like /name, got '" + path + "'");
    }
    return new Route(null, (path.equals("/") ? "" : path) + BELOW, access, endpoint::handle);
  }

  /** Whether a request of that method may bring a body; those of everybody bring none. */
  boolean takesBody(String requestMethod) {
    return access == Access.GUARDED && !requestMethod.equals("GET");
  }

  boolean isBelow() {
    return template.endsWith(BELOW);
  }

  /** Null when the path is not this route's. */
  @Nullable Match match(String path) {
    if (isBelow()) {
      String base = template.substring(0, template.length() - BELOW.length());
      boolean matches = path.equals(base) || path.startsWith(base + "/");
      return matches ? new Match(this, path.substring(base.length()), Map.of()) : null;
    }
    String[] wanted = template.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return null;
    }
    Map<String, String> segments = new HashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{") && !given[i].isEmpty()) {
        segments.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
      } else if (!wanted[i].equals(given[i])) {
        return null;
      }
    }
    return new Match(this, "", segments);
  }
}
