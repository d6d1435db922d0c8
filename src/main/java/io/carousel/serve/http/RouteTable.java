package io.carousel.serve.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes of a server; of those that take everything below a path the longest wins. */
final class RouteTable {
  private final List<Route> routes;

  RouteTable() {
    routes = new ArrayList<>();
  }

  /** The same routes, to which others may be added. */
  RouteTable(RouteTable other) {
    routes = new ArrayList<>(other.routes);
  }

  void add(Route route) {
    for (Route known : routes) {
      if (known.template().equals(route.template())
          && Objects.equals(known.method(), route.method())) {
        throw new IllegalArgumentException("two endpoints at " + route.template());
      }
    }
    routes.add(route);
  }

  /**
   * The route of a request.
   *
   * @throws HttpProblem 404 without one, 405 with one for another method
   */
  Route.Match find(String method, String path) {
    TreeSet<String> otherMethods = new TreeSet<>();
    Route.@Nullable Match below = null;
    for (Route route : routes) {
      Route.Match match = route.match(path);
      if (match == null) {
        continue;
      }
      if (route.isBelow()) {
        if (below == null || route.template().length() > below.route().template().length()) {
          below = match;
        }
      } else if (route.method() == null || route.method().equals(method)) {
        return match;
      } else {
        otherMethods.add(route.method());
      }
    }
    if (!otherMethods.isEmpty()) {
      String allowed = String.join(", ", otherMethods);
      throw new HttpProblem(405, "this path takes " + allowed + " only").with("Allow", allowed);
    }
    if (below != null) {
      return below;
    }
    throw new HttpProblem(404, "there is nothing at this path");
  }
}
