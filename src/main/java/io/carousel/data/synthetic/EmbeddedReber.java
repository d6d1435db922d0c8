package io.carousel.data.synthetic;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Strings of the embedded Reber grammar (Smith and Zipser 1989; Hochreiter and Schmidhuber 1997,
 * experiment 1): B, then T or P, then a string of Reber's grammar, then <em>the same</em> T or P,
 * then E. What shall be learned at each step is the symbol that comes next. All but one can be told
 * from the few symbols before; the last but one needs the second one, which came before all of the
 * inner string.
 *
 * <p>Sequences are ids without the final E, {@code [T, N]}; labels {@code [T, N]} are the string
 * without its first B. The shortest strings have 9 symbols. Example i depends on seed and i only.
 */
public final class EmbeddedReber implements SequenceDataset {
  /** The symbols, by id. */
  public static final String SYMBOLS = "BTPSXVE";

  /**
   * Reber's automaton (1967): for each state the symbols that may come and the states they lead to.
   * State 0 has seen the B; the last one is the end.
   */
  private static final String[] ARCS = {"TP", "SX", "TV", "XS", "PV", "E"};

  private static final int[][] TARGETS = {{1, 2}, {1, 3}, {2, 4}, {2, 5}, {3, 5}, {6}};
  private static final int END = 6;

  private final int size;
  private final long seed;

  /**
   * A data set.
   *
   * @param size number of strings; they come as often as the grammar makes them
   * @param seed other seeds give other strings
   */
  public EmbeddedReber(int size, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("a data set needs an example, got " + size);
    }
    this.size = size;
    this.seed = seed;
  }

  @Override
  public int size() {
    return size;
  }

  /** A string of the grammar, such as {@code BTBTXSETE}. */
  public String string(int example) {
    RandomStream random = Examples.stream(seed, "embedded reber", example, size);
    String gate = random.nextInt(2) == 0 ? "T" : "P";
    StringBuilder string = new StringBuilder("B").append(gate).append("B");
    for (int state = 0; state != END; ) {
      int arc = random.nextInt(ARCS[state].length());
      string.append(ARCS[state].charAt(arc));
      state = TARGETS[state][arc];
    }
    return string.append(gate).append("E").toString();
  }

  /**
   * The symbols that may come after each symbol of a string of the grammar but its last one.
   *
   * @throws IllegalArgumentException when the grammar does not make the string
   */
  public static List<String> legalNext(String string) {
    List<String> legal = new ArrayList<>(List.of("TP"));
    String gate = string.length() < 8 ? "?" : string.substring(1, 2);
    legal.add("B");
    int state = 0;
    for (int i = 3; i < string.length() - 2; i++) {
      int arc = state == END ? -1 : ARCS[state].indexOf(string.charAt(i));
      legal.add(arc < 0 ? "" : ARCS[state]);
      state = arc < 0 ? END : TARGETS[state][arc];
    }
    legal.add(state == END ? gate : "");
    legal.add("E");
    for (int i = 0; i < legal.size(); i++) {
      if (i + 1 >= string.length() || legal.get(i).indexOf(string.charAt(i + 1)) < 0) {
        throw new IllegalArgumentException("not a string of the embedded Reber grammar: " + string);
      }
    }
    return legal;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    String[] strings = new String[n];
    int[] lengths = new int[n];
    for (int row = 0; row < n; row++) {
      strings[row] = string(examples[row]);
      lengths[row] = strings[row].length() - 1;
    }
    PackedShape shape = PackedShape.of(lengths);
    int[] ids = new int[shape.steps() * n];
    int[] next = new int[ids.length];
    for (int row = 0; row < n; row++) {
      for (int t = 0; t < lengths[row]; t++) {
        ids[t * n + row] = SYMBOLS.indexOf(strings[row].charAt(t));
        next[t * n + row] = SYMBOLS.indexOf(strings[row].charAt(t + 1));
      }
    }
    return SequenceBatch.ofIds(shape, ids).withLabels(true, next);
  }
}
