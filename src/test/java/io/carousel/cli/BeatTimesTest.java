package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeatTimesTest {
  @Test
  void theFirstTwentyAreNamed() {
    assertEquals("", BeatTimes.words(List.of()));
    assertEquals(", at 241.33, 250.00 s", BeatTimes.words(List.of(241.333, 250.0)));
    List<Double> many = IntStream.range(0, 23).mapToObj(Double::valueOf).toList();
    assertTrue(BeatTimes.words(many).endsWith("18.00, 19.00 s and 3 more"));
    assertTrue(BeatTimes.words(many.subList(0, 20)).endsWith("19.00 s"));
  }
}
