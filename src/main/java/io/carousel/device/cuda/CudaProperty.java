package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What users say about CUDA devices by system properties; other values are refused. */
enum CudaProperty {
  /** {@code off} hides the GPUs. */
  DEVICES("carousel.cuda", "on", "off"),
  /** Whether training passes are recorded as graphs. */
  GRAPHS("carousel.cuda.graphs", "on", "off"),
  /** Whether persistent kernels are offered, and without clusters. */
  PERSISTENT("carousel.cuda.persistent", "off", "on", "memory"),
  /** Whether layers run as a wavefront where they can. */
  WAVEFRONT("carousel.cuda.wavefront", "on", "off");

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> values; // the default first

  CudaProperty(String key, String... values) {
    this.key = key;
    this.values = List.of(values);
  }

  /** Its name for {@code -D}. */
  String key() {
    return key;
  }

  /**
   * What the user says, or the default.
   *
   * @throws DeviceException when that is none of its values
   */
  String value() {
    String problem = problem();
    if (problem != null) {
      throw new DeviceException(problem);
    }
    return said();
  }

  /** Whether the user says this. */
  boolean is(String value) {
    return said().equals(value);
  }

  private String said() {
    return System.getProperty(key, values.get(0));
  }

  private @Nullable String problem() {
    return values.contains(said())
        ? null
        : "-D%s is %s or %s, not '%s'"
            .formatted(
                key,
                String.join(", ", values.subList(0, values.size() - 1)),
                values.get(values.size() - 1),
                said());
  }

  /** What is wrong with the first that has none of its values; null where all are right. */
  static @Nullable String firstProblem() {
    for (CudaProperty property : values()) {
      String problem = property.problem();
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }
}
