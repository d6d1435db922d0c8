package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/** How the kernels cut a pass: a {@code carousel_persistent_layout}, which only they understand. */
final class PersistentLayout {
  /** Size of the struct in numbers of eight bytes. */
  static final int WORDS = 6;

  private static final int BLOCKS = 0; // of a group, the upper half of that word
  private static final int GROUPS = 1; // the lower half
  private static final int CLUSTERS = 4; // the lower half
  private static final int WORKSPACE_BYTES = 5;

  private final long[] words;
  private final boolean withInputs;

  private PersistentLayout(long[] words, boolean withInputs) {
    this.words = words;
    this.withInputs = withInputs;
  }

  /**
   * The layout of a pass, null where the GPU cannot run it.
   *
   * @param batchSize N
   * @param backward whether of the backward pass
   * @param multiprocessors how many the launch may take, 0 for all
   */
  static @Nullable PersistentLayout of(
      CudaDevice device, RecurrentSpec spec, int batchSize, boolean backward, int multiprocessors) {
    return of(device, spec, 0, batchSize, backward, multiprocessors);
  }

  /** The layout of inference in which the kernel multiplies so many inputs too. */
  static @Nullable PersistentLayout ofInference(
      CudaDevice device, RecurrentSpec spec, int inputs, int batchSize, int multiprocessors) {
    return of(device, spec, inputs, batchSize, false, multiprocessors);
  }

  private static @Nullable PersistentLayout of(
      CudaDevice device,
      RecurrentSpec spec,
      int inputs,
      int batchSize,
      boolean backward,
      int multiprocessors) {
    device.runtime().bindThread();
    long[] words = new long[WORDS];
    int status =
        PersistentKernels.layout(
            spec.cell().ordinal(),
            Codes.operand(spec.precision(), device.operandType(spec.precision())),
            spec.hiddenSize(),
            inputs,
            batchSize,
            backward ? 1 : 0,
            multiprocessors,
            device.clusters() ? 1 : 0,
            words);
    if (status == CudaStatus.UNSUPPORTED) {
      return null;
    }
    if (status != 0) {
      throw device.failed(CudaStatus.failure("layout of persistent kernels", status));
    }
    return new PersistentLayout(words, inputs > 0);
  }

  /** Whether groups are clusters, which need not be on the GPU all at once. */
  boolean inClusters() {
    return (int) words[CLUSTERS] != 0;
  }

  /** Whether the kernel multiplies the inputs of the layer too. */
  boolean withInputs() {
    return withInputs;
  }

  /** How many blocks a launch has, each of which takes a multiprocessor. */
  long launchBlocks() {
    return (words[BLOCKS] >>> Integer.SIZE) * (int) words[GROUPS];
  }

  /** What the kernels are given; not a copy. */
  long[] words() {
    return words;
  }

  /** Leases the memory that launches work in, one after the other. */
  LeasedLayout lease(Leases leases) {
    long floats = (words[WORKSPACE_BYTES] + Float.BYTES - 1) / Float.BYTES;
    return new LeasedLayout(this, leases.lease(1, Math.toIntExact(floats)));
  }
}
