package io.carousel.serve.http;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites from using this server through a visitor's browser: by requests across
 * origins, and, where only this machine is served without a token, by names that lead here (DNS
 * rebinding).
 */
final class BrowserGuard {
  private final @Nullable Set<String> hosts;

  /**
   * A guard.
   *
   * @param address that the server listens at
   * @param host as it was written by the operator
   * @param others further names under which it is known
   * @param token whether requests carry a token, which no other site has
   */
  BrowserGuard(InetAddress address, String host, Set<String> others, boolean token) {
    if (token || !address.isLoopbackAddress()) {
      hosts = null;
    } else {
      hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
      hosts.add(host.toLowerCase(Locale.ROOT));
      others.forEach(other -> hosts.add(other.toLowerCase(Locale.ROOT)));
    }
  }

  /**
   * Lets a request pass. Browsers that send no Origin with it say by Sec-Fetch-Site where it comes
   * from; other sites may lead to a page, but neither embed nor change anything. They send it by
   * https and to this machine only.
   *
   * @param authority its host with the port, null in HTTP/1.0
   * @throws HttpProblem 421 or 403
   */
  void require(String method, @Nullable String authority, HttpFields headers) {
    if (hosts != null && authority != null) {
      String name = authority.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
      if (!hosts.contains(name)) {
        throw new HttpProblem(
            421, "this server is known as localhost, not by the name in the header Host");
      }
    }
    String origin = headers.get("Origin");
    boolean elsewhere = "cross-site".equals(headers.get("Sec-Fetch-Site"));
    String shownAs = headers.get("Sec-Fetch-Dest");
    boolean link =
        method.equals("GET")
            && "navigate".equals(headers.get("Sec-Fetch-Mode"))
            && (shownAs == null || shownAs.equals("document"));
    if ((origin != null && !isOf(origin, authority)) || (elsewhere && !link)) {
      throw new HttpProblem(403, "pages of other sites may not use this server");
    }
  }

  private static boolean isOf(String origin, @Nullable String authority) {
    int scheme = origin.indexOf("://");
    return scheme >= 0 && origin.substring(scheme + 3).equalsIgnoreCase(authority);
  }
}
