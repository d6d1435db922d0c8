package io.carousel.io.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a node by name. A value is a Long, a Double, a String, a {@code long[]}, a
 * {@code double[]}, a List of String, an {@link OnnxTensor} or an {@link OnnxGraph}.
 */
final class OnnxAttributes {
  static final OnnxAttributes NONE = new OnnxAttributes(Map.of());

  private final Map<String, Object> values;

  OnnxAttributes(Map<String, Object> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Names and values in turns. */
  static OnnxAttributes of(Object... namesAndValues) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new OnnxAttributes(values);
  }

  Map<String, Object> values() {
    return values;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  long integer(String name, long otherwise) {
    Long value = get(name, Long.class, "an integer");
    return value == null ? otherwise : value;
  }

  double number(String name, double otherwise) {
    Double value = get(name, Double.class, "a number");
    return value == null ? otherwise : value;
  }

  String text(String name, String otherwise) {
    String value = get(name, String.class, "a text");
    return value == null ? otherwise : value;
  }

  long @Nullable [] integers(String name) {
    return get(name, long[].class, "a list of integers");
  }

  double[] numbers(String name) {
    double[] value = get(name, double[].class, "a list of numbers");
    return value == null ? new double[0] : value;
  }

  @SuppressWarnings("unchecked") // lists hold texts only
  List<String> texts(String name) {
    List<?> value = get(name, List.class, "a list of texts");
    return value == null ? List.of() : (List<String>) value;
  }

  @Nullable OnnxTensor tensor(String name) {
    return get(name, OnnxTensor.class, "a tensor");
  }

  /** Refuses all attributes but these, by name. */
  void requireOnly(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "attribute '%s' is not supported, these are: %s".formatted(name, new TreeSet<>(known)));
      }
    }
  }

  private <T> @Nullable T get(String name, Class<T> type, String expected) {
    Object value = values.get(name);
    // an empty list has no type of its own in a file
    if (value instanceof List<?> list && list.isEmpty() && type != List.class) {
      return null;
    }
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException("attribute '%s' is not %s".formatted(name, expected));
    }
    return type.cast(value);
  }
}
