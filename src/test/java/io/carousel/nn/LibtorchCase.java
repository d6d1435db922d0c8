package io.carousel.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Numbers computed by libtorch, in a file {@code libtorch.json} beside the test. */
public final class LibtorchCase {
  private final JsonNode root;

  public LibtorchCase(Class<?> test) {
    try (InputStream in = test.getResourceAsStream("libtorch.json")) {
      root = new ObjectMapper().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode get(String name) {
    return Objects.requireNonNull(root.get(name), name);
  }

  public double[] reals(String name) {
    return reals(get(name));
  }

  public static double[] reals(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }
}
