package io.carousel.data.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.BatchPlan;
import io.carousel.data.SequenceBatch;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticTest {
  @Test
  void addingTargetsAreTheMarkedSum() {
    int n = 2000;
    SequenceBatch batch = new AddingProblem(11, n, 5).batch(BatchPlan.inOrder(n));
    double squares = 0;
    for (int row = 0; row < n; row++) {
      float sum = 0;
      int early = 0;
      int late = 0;
      for (int t = 0; t < 11; t++) {
        float value = batch.features()[(t * n + row) * 2];
        float marker = batch.features()[(t * n + row) * 2 + 1];
        assertTrue(value >= 0 && value < 1 && (marker == 0 || marker == 1));
        sum += value * marker;
        early += t < 5 ? (int) marker : 0;
        late += t < 5 ? 0 : (int) marker;
      }
      assertEquals(1, early);
      assertEquals(1, late);
      assertEquals(sum, batch.targets().values()[row]);
      squares += Math.pow(sum - 1, 2) / n;
    }
    assertEquals(AddingProblem.CONSTANT_ERROR, squares, 0.015); // 3 standard deviations
  }

  @Test
  void temporalOrderClassesAreTheTwoSymbolsInOrder() {
    int n = 400;
    SequenceBatch batch = new TemporalOrder(20, n, 5).batch(BatchPlan.inOrder(n));
    Set<Integer> classes = new HashSet<>();
    for (int row = 0; row < n; row++) {
      StringBuilder telling = new StringBuilder();
      for (int t = 0; t < 20; t++) {
        int symbol = -1;
        for (int s = 0; s < TemporalOrder.SYMBOLS; s++) {
          if (batch.features()[(t * n + row) * TemporalOrder.SYMBOLS + s] == 1) {
            assertEquals(-1, symbol);
            symbol = s;
          }
        }
        boolean place = t == 2 || t == 3 || t == 8 || t == 9;
        assertTrue(symbol >= (place ? 0 : 2));
        telling.append(symbol < 2 ? "AB".charAt(symbol) : "");
      }
      int label = batch.targets().labels()[row];
      assertEquals(List.of("AA", "AB", "BA", "BB").get(label), telling.toString());
      classes.add(label);
    }
    assertEquals(4, classes.size());
  }

  @Test
  void reberStringsAreLegalAndEndAsTheyBegan() {
    EmbeddedReber data = new EmbeddedReber(300, 5);
    int total = 0;
    for (int i = 0; i < data.size(); i++) {
      String string = data.string(i);
      assertTrue(string.matches("B([TP])B(TS*X|P).*E\\1E"), string);
      assertEquals(string.length() - 1, EmbeddedReber.legalNext(string).size());
      total += string.length();
    }
    assertEquals(11.9, total / 300.0, 0.6);
    SequenceBatch batch = data.batch(new int[] {7, 0});
    String seventh = data.string(7);
    for (int t = 0; t < seventh.length() - 1; t++) {
      assertEquals(seventh.charAt(t), EmbeddedReber.SYMBOLS.charAt(batch.ids()[2 * t]));
      int next = batch.targets().labels()[2 * t];
      assertEquals(seventh.charAt(t + 1), EmbeddedReber.SYMBOLS.charAt(next));
    }
    assertEquals(seventh.length() - 1, batch.shape().length(0));
  }

  /** The arcs of Reber's automaton as Fahlman (1991) draws them. */
  @Test
  void legalSymbolsFollowTheGrammar() {
    assertEquals(
        List.of("TP", "B", "TP", "SX", "SX", "XS", "TV", "PV", "E", "P", "E"),
        EmbeddedReber.legalNext("BPBTSXXVVEPE"));
    for (String wrong :
        List.of("BPBTSXXVVETE", "BPBTSXXVVPE", "BTBTXSET", "BTBTXSEE", "TBTXSETE")) {
      assertThrows(IllegalArgumentException.class, () -> EmbeddedReber.legalNext(wrong), wrong);
    }
  }

  @Test
  void anExampleDependsOnItsNumberAlone() {
    AddingProblem data = new AddingProblem(6, 100, 1);
    float[] alone = data.batch(new int[] {42}).features();
    float[] second = data.batch(new int[] {3, 42}).features();
    for (int t = 0; t < 6; t++) {
      assertEquals(alone[2 * t], second[4 * t + 2]);
    }
    assertArrayEquals(alone, new AddingProblem(6, 50, 1).batch(new int[] {42}).features());
    assertThrows(IllegalArgumentException.class, () -> data.batch(new int[] {100}));
  }
}
