package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** Of "abc": the first example of FIPS 180-2, appendix B. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isThatOfTheStandardHoweverItIsFed() throws IOException {
    assertEquals(ABC, new Sha256().add("a").add(new byte[] {'b', 'c'}).hex());
    Sha256 streamed = new Sha256();
    streamed.stream().write(new byte[] {'a', 'b', 'c'});
    assertEquals(ABC, streamed.hex());
  }
}
