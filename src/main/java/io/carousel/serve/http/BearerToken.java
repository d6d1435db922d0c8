package io.carousel.serve.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The secret that a request must carry: {@code Authorization: Bearer TOKEN} (RFC 6750). */
final class BearerToken {
  private static final int SHORTEST = 16;
  private static final String SCHEME = "Bearer ";

  private final byte[] hash;

  /** The token without white space at its ends; of printable ASCII, 16 characters at least. */
  BearerToken(String token) {
    if (!token.matches("[!-~]{" + SHORTEST + ",4096}")) {
      throw new IllegalArgumentException(
          "a token has at least %d characters, all printable ASCII without blanks"
              .formatted(SHORTEST));
    }
    hash = sha256(token);
  }

  /**
   * Lets a request pass that carries the token. The comparison takes the same time for any other.
   *
   * @throws HttpProblem 401
   */
  void require(@Nullable String authorization) {
    String given = "";
    if (authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      given = authorization.substring(SCHEME.length()).strip();
    }
    if (!MessageDigest.isEqual(hash, sha256(given))) {
      throw new HttpProblem(
              401,
              given.isEmpty()
                  ? "this server wants a token: send the header Authorization: Bearer TOKEN"
                  : "the token is not this server's")
          .with("WWW-Authenticate", "Bearer");
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
