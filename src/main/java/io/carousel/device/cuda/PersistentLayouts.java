package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import io.carousel.device.RecurrentSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layouts of a stack's passes, kept for the latest batch size: those of launches that have the
 * GPU to themselves, and where several share it those of a part. Only launches in clusters share:
 * nobody promises that two launches run beside each other that need all of their blocks at once.
 * And only in as many parts as hold a batch in one go: rounds would cost more than turns.
 */
final class PersistentLayouts {
  /** Layers of a wavefront; each costs a queue with its workspace. */
  private static final int MOST_LAYERS = 4;

  private final Part whole;
  private final Part share;
  private final Sharing sharing;
  private final int ways;
  private final Set<Integer> heldInputs = new HashSet<>();

  private PersistentLayouts(
      RecurrentSpec spec, int batchSize, Part whole, Part share, Sharing sharing, int ways) {
    this.whole = whole;
    this.share = share;
    this.sharing = sharing;
    this.ways = ways;
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      int inputs = spec.layerInputSize(layer);
      if (whole.inference(inputs, batchSize) != null
          && share.inference(inputs, batchSize) != null) {
        heldInputs.add(inputs);
      }
    }
  }

  /**
   * Those of a stack for batches up to a size, null where the GPU cannot run it.
   *
   * @param wanted what is to run side by side, where the GPU can
   */
  static @Nullable PersistentLayouts of(
      CudaDevice device, RecurrentSpec spec, int batchSize, Sharing wanted) {
    Part whole = new Part(device, spec, 0);
    if (!whole.holds(batchSize)) {
      return null;
    }
    int most =
        switch (wanted) {
          case NONE -> 1;
          case DIRECTIONS -> 2;
          case LAYERS -> Math.min(spec.numLayers(), MOST_LAYERS);
        };
    for (int ways = most; ways > 1; ways--) {
      int multiprocessors = device.runtime().multiprocessors() / ways;
      Part share = new Part(device, spec, multiprocessors);
      if (multiprocessors > 0 && share.holds(batchSize) && share.isInOneGo()) {
        return new PersistentLayouts(spec, batchSize, whole, share, wanted, ways);
      }
    }
    return new PersistentLayouts(spec, batchSize, whole, whole, Sharing.NONE, 1);
  }

  /** What shares the GPU. */
  Sharing sharing() {
    return sharing;
  }

  /** How many launches share the GPU, where they do; 1 where none may. */
  int ways() {
    return ways;
  }

  /** Whether the GPU holds W_ih of layers with so many inputs, too. */
  boolean holdInputs(int inputs) {
    return heldInputs.contains(inputs);
  }

  /** The layout of launches that multiply so many inputs, where it holds them. */
  PersistentLayout inference(int inputs, int batchSize, boolean shared) {
    return Part.existing(batchSize, (shared ? share : whole).inference(inputs, batchSize));
  }

  /** The layout of forward launches. */
  PersistentLayout forward(int batchSize, boolean shared) {
    return (shared ? share : whole).forward(batchSize);
  }

  /** The layout of backward launches. */
  PersistentLayout backward(int batchSize, boolean shared) {
    return (shared ? share : whole).backward(batchSize);
  }

  /** Layouts of launches that take some of the multiprocessors, 0 for all. */
  private static final class Part {
    private final CudaDevice device;
    private final RecurrentSpec spec;
    private final int multiprocessors;
    private int batchSize = -1;
    private @Nullable PersistentLayout forward;
    private @Nullable PersistentLayout backward;
    private int inferenceBatchSize = -1;
    private final Map<Integer, Optional<PersistentLayout>> inference = new HashMap<>();

    Part(CudaDevice device, RecurrentSpec spec, int multiprocessors) {
      this.device = device;
      this.spec = spec;
      this.multiprocessors = multiprocessors;
    }

    boolean holds(int size) {
      if (batchSize != size) {
        forward = PersistentLayout.of(device, spec, size, false, multiprocessors);
        backward = PersistentLayout.of(device, spec, size, true, multiprocessors);
        batchSize = size;
      }
      return forward != null && backward != null;
    }

    /** Whether launches are in clusters, all of which are on that part of the GPU at once. */
    boolean isInOneGo() {
      return isInOneGo(forward) && isInOneGo(backward);
    }

    private boolean isInOneGo(@Nullable PersistentLayout layout) {
      return layout != null && layout.inClusters() && layout.launchBlocks() <= multiprocessors;
    }

    @Nullable PersistentLayout inference(int inputs, int size) {
      if (inferenceBatchSize != size) {
        inference.clear();
        inferenceBatchSize = size;
      }
      return inference
          .computeIfAbsent(
              inputs,
              i ->
                  Optional.ofNullable(
                      PersistentLayout.ofInference(device, spec, i, size, multiprocessors)))
          .orElse(null);
    }

    PersistentLayout forward(int size) {
      return existing(size, holds(size) ? forward : null);
    }

    PersistentLayout backward(int size) {
      return existing(size, holds(size) ? backward : null);
    }

    private static PersistentLayout existing(int size, @Nullable PersistentLayout layout) {
      if (layout == null) {
        throw new DeviceException("no layout for a batch of " + size + ", though for a larger one");
      }
      return layout;
    }
  }
}
