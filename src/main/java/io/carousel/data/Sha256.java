package io.carousel.data;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of data (FIPS 180-4), by which a run tells what it learned from. */
public final class Sha256 {
  private final MessageDigest digest;

  /** Of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Adds bytes. */
  public Sha256 add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds a text as UTF-8, without anything that parts it from the next. */
  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds what is written, as soon as it is flushed; needs no closing. */
  public OutputStream stream() {
    return new DigestOutputStream(OutputStream.nullOutputStream(), digest);
  }

  /** In hexadecimal; what was added is forgotten. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
