package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * The layouts of a stack's passes, kept for the latest batch size. Two directions share the GPU in
 * clusters where the weights fit into half of it, or else run one after the other on the whole:
 * nobody promises that two launches run beside each other that need all of their blocks at once.
 */
final class PersistentLayouts {
  private final CudaDevice device;
  private final RecurrentSpec spec;
  private final int multiprocessors; // of a launch; 0 for all
  private int batchSize;
  private @Nullable PersistentLayout forward;
  private @Nullable PersistentLayout backward;

  private PersistentLayouts(CudaDevice device, RecurrentSpec spec, int multiprocessors) {
    this.device = device;
    this.spec = spec;
    this.multiprocessors = multiprocessors;
  }

  /** Those of a stack for batches up to a size, null where the GPU cannot run it. */
  static @Nullable PersistentLayouts of(CudaDevice device, RecurrentSpec spec, int batchSize) {
    int half = device.runtime().multiprocessors() / 2;
    if (spec.directions() == 2 && half > 0) {
      PersistentLayouts beside = new PersistentLayouts(device, spec, half);
      if (beside.holds(batchSize) && beside.inClusters()) {
        return beside;
      }
    }
    PersistentLayouts alone = new PersistentLayouts(device, spec, 0);
    return alone.holds(batchSize) ? alone : null;
  }

  /** Whether two directions run side by side. */
  boolean sideBySide() {
    return multiprocessors > 0;
  }

  private boolean holds(int size) {
    if (forward == null || backward == null || batchSize != size) {
      forward = PersistentLayout.of(device, spec, size, false, multiprocessors);
      backward = PersistentLayout.of(device, spec, size, true, multiprocessors);
      batchSize = size;
    }
    return forward != null && backward != null;
  }

  private boolean inClusters() {
    return forward != null && forward.inClusters() && backward != null && backward.inClusters();
  }

  /** The layout of a forward pass. */
  PersistentLayout forward(int size) {
    return existing(size, holds(size) ? forward : null);
  }

  /** The layout of a backward pass. */
  PersistentLayout backward(int size) {
    return existing(size, holds(size) ? backward : null);
  }

  private PersistentLayout existing(int size, @Nullable PersistentLayout layout) {
    if (layout == null) {
      throw new DeviceException("no layout for a batch of " + size + ", though for a larger one");
    }
    return layout;
  }
}
