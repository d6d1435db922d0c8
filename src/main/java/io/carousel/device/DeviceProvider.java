package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offers one kind of device; found by {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** The kind: {@code reference}, {@code cpu}, {@code cuda}. */
  String name();

  /** Higher is preferred by {@code auto}; negative is never taken by {@code auto}. */
  int preference();

  /** Why no device of this kind can be opened here, or null when one can. Harmless to call. */
  @Nullable String whyUnavailable();

  /** Where it is written what such a device needs; null where it needs nothing. */
  default @Nullable String guide() {
    return null;
  }

  /** What {@code carousel doctor} prints about this kind. */
  List<Diagnosis> diagnose();

  /**
   * Opens a device.
   *
   * @param ordinal which one of its kind, from 0
   * @param options threads and memory budget
   */
  Device open(int ordinal, DeviceOptions options);
}
