package io.carousel.nn;

import io.carousel.device.Transposition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The tensors of one module of a {@link TensorSource}: those whose names begin with its prefix and
 * a dot, as in a {@code state_dict} of PyTorch. Within the module they go by the rest of their
 * names.
 */
public final class ModuleTensors {
  private static final int MOST = 12;

  private final TensorSource source;
  private final String prefix;
  private final String separator;
  private final Map<String, String> fullNames = new LinkedHashMap<>();

  /**
   * Finds the tensors of a module.
   *
   * @param source where they are
   * @param prefix of the module, such as {@code encoder.lstm}; empty for all tensors
   */
  public ModuleTensors(TensorSource source, String prefix) {
    this(source, prefix, ".", UnaryOperator.identity());
  }

  /**
   * Finds the tensors of a module in a file of another convention.
   *
   * @param source where they are
   * @param prefix of the module; empty for all tensors
   * @param separator between the prefix and the rest
   * @param rename what the rest shall be called here; of two that it calls the same, the second
   *     keeps its rest
   */
  public ModuleTensors(
      TensorSource source, String prefix, String separator, UnaryOperator<String> rename) {
    this.source = source;
    this.prefix = prefix;
    this.separator = separator;
    String start = prefix.isEmpty() ? "" : prefix + separator;
    for (String name : source.names()) {
      if (name.startsWith(start)) {
        String rest = name.substring(start.length());
        String renamed = rename.apply(rest);
        fullNames.put(fullNames.containsKey(renamed) ? rest : renamed, name);
      }
    }
  }

  /** The names of the tensors, without the prefix. */
  public Set<String> names() {
    return Collections.unmodifiableSet(fullNames.keySet());
  }

  /** The size of each axis of a tensor that is there. */
  public long[] shape(String name) throws IOException {
    return source.shape(fullName(name));
  }

  /**
   * The shape [rows, columns] of a tensor.
   *
   * @throws IOException when it is not there, or no matrix
   */
  public int[] matrixSize(String name) throws IOException {
    long[] shape = source.shape(fullName(name));
    if (shape.length != 2 || Arrays.stream(shape).anyMatch(n -> n < 1 || n > Integer.MAX_VALUE)) {
      throw source.refusal(
          "'%s' is %s, expected [rows, columns]".formatted(fullName(name), Arrays.toString(shape)));
    }
    return new int[] {(int) shape[0], (int) shape[1]};
  }

  /**
   * Reads the whole module.
   *
   * @param what the module is, for messages
   * @param expected shape of every tensor that it must have, and it must have no others
   * @return the elements of each tensor, row by row
   * @throws IOException naming every tensor that is missing, unexpected or misshapen
   */
  public Map<String, double[]> read(String what, Map<String, int[]> expected) throws IOException {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    for (Map.Entry<String, int[]> tensor : expected.entrySet()) {
      String full = fullName(tensor.getKey());
      if (!fullNames.containsKey(tensor.getKey())) {
        missing.add("'" + full + "'");
      } else if (!isShape(tensor.getValue(), source.shape(full))) {
        misshapen.add(misshapen(full, tensor.getValue(), source.shape(full)));
      }
    }
    List<String> unexpected = new ArrayList<>();
    for (String name : names()) {
      if (!expected.containsKey(name)) {
        unexpected.add("'" + fullName(name) + "'");
      }
    }
    if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
      throw refusal(
          "%s: missing: %s; unexpected: %s; misshapen: %s"
              .formatted(what, list(missing), list(unexpected), list(misshapen)));
    }
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String name : expected.keySet()) {
      values.put(name, source.readDoubles(fullName(name)));
    }
    return values;
  }

  /** What to throw when the module is not what it should be. */
  public IOException refusal(String problem) {
    return source.refusal(prefix.isEmpty() ? problem : "module '" + prefix + "': " + problem);
  }

  private String fullName(String name) {
    String found = fullNames.get(name);
    return found != null ? found : prefix.isEmpty() ? name : prefix + separator + name;
  }

  private static String misshapen(String name, int[] expected, long[] found) {
    return "'%s' is %s, expected %s%s"
        .formatted(
            name,
            Arrays.toString(found),
            Arrays.toString(expected),
            Transposition.hint(Arrays.stream(expected).asLongStream().toArray(), found));
  }

  private static boolean isShape(int[] expected, long[] found) {
    return Arrays.equals(Arrays.stream(expected).asLongStream().toArray(), found);
  }

  private static String list(List<String> texts) {
    if (texts.isEmpty()) {
      return "none";
    }
    String first = String.join(", ", texts.subList(0, Math.min(MOST, texts.size())));
    return texts.size() <= MOST ? first : first + " and " + (texts.size() - MOST) + " more";
  }
}
