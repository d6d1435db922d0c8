package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SplitTest {
  @Test
  void timeIsCutInOrder() {
    TimeSplit split = TimeSplit.at(100, 60, 80);
    assertEquals(new IndexRange(0, 60), split.train());
    assertEquals(new IndexRange(60, 80), split.validation());
    assertEquals(new IndexRange(80, 100), split.test());
    assertEquals(split, TimeSplit.byFractions(100, 0.6, 0.2));
    assertEquals(TimeSplit.at(108_000, 86_400, 86_400), TimeSplit.byFractions(108_000, 0.8, 0));
    assertEquals(TimeSplit.at(10, 7, 10), TimeSplit.byFractions(10, 0.7, 0.2 + 0.1));
  }

  @Test
  void badCutsAreRefused() {
    refused(() -> TimeSplit.at(100, 0, 50), "cannot cut 100 values at 0 and 50");
    refused(() -> TimeSplit.at(100, 60, 50), "cannot cut 100 values at 60 and 50");
    refused(() -> TimeSplit.at(100, 60, 101), "cannot cut");
    refused(() -> TimeSplit.byFractions(100, 0.8, 0.3), "bad fractions");
    refused(() -> TimeSplit.byFractions(100, Double.NaN, 0.3), "bad fractions");
    refused(() -> TimeSplit.byFractions(100, 0.001, 0.3), "cannot cut 100 values at 0");
    IndexRange ten = new IndexRange(0, 10);
    refused(() -> new TimeSplit(ten, ten, ten), "not a split in time");
  }

  @Test
  void recordsStayWhole() {
    RecordSplit split = RecordSplit.of(List.of("a", "b", "c", "d"), List.of("d", "b"), List.of());
    assertEquals(new RecordSplit(List.of("a", "c"), List.of("b", "d"), List.of()), split);
  }

  @Test
  void badRecordsAreRefused() {
    List<String> records = List.of("a", "b");
    refused(() -> RecordSplit.of(records, List.of("c"), List.of()), "no record 'c' in [a, b]");
    refused(() -> RecordSplit.of(records, List.of("b"), List.of("b")), "record 'b' is used twice");
    refused(() -> RecordSplit.of(records, records, List.of()), "no record is left to train on");
    refused(() -> RecordSplit.of(List.of("a", "a"), List.of(), List.of()), "'a' is used twice");
  }

  private static void refused(Executable call, String part) {
    Refusal.expect(IllegalArgumentException.class, call, part);
  }
}
