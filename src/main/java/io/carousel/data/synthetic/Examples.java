package io.carousel.data.synthetic;

import io.carousel.device.RandomStream;

/** Random numbers of single examples, so that any example can be made without those before it. */
final class Examples {
  private Examples() {}

  static RandomStream stream(long seed, String problem, int example, int size) {
    if (example < 0 || example >= size) {
      throw new IllegalArgumentException("no example " + example + " among " + size);
    }
    return new RandomStream(seed, problem + "/example" + example);
  }
}
