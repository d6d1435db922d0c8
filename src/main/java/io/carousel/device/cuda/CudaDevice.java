package io.carousel.device.cuda;

import io.carousel.device.BufferLedger;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A GPU with float32 numbers, and 16-bit operands of products where it has them. Its memory is
 * asked for block by block; steps in the steady state ask for none. What a queue needs for itself
 * (scratch memory, BLAS workspace, pinned memory) is in no budget and no count of allocations.
 */
final class CudaDevice implements Device {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String name;
  private final CudaRuntime runtime;
  private final boolean hasBf16;
  private final @Nullable String whyNoGraphs;
  private final PersistentSupport.Choice persistent;
  private final boolean recompute;
  private final BufferLedger ledger;
  private final Set<CudaBuffer> buffers = ConcurrentHashMap.newKeySet();
  private final Set<CudaQueue> queues = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable DeviceException failure;

  /**
   * A device on a runtime, which it closes with itself.
   *
   * @param name such as {@code cuda:0}
   * @param options the budget, recomputation; threads do not matter
   */
  CudaDevice(String name, CudaRuntime runtime, DeviceOptions options) {
    this(name, runtime, options, PersistentSupport.choice());
  }

  /**
   * The same, whatever the user chose about persistent kernels.
   *
   * @param persistent stands for that choice
   */
  @SuppressWarnings("this-escape")
  CudaDevice(
      String name,
      CudaRuntime runtime,
      DeviceOptions options,
      PersistentSupport.Choice persistent) {
    this.name = name;
    this.persistent = persistent;
    recompute = options.recompute();
    this.runtime = runtime;
    hasBf16 = runtime.hasBf16();
    whyNoGraphs =
        CudaProperty.GRAPHS.value().equals("off")
            ? "graphs are turned off by -D" + CudaProperty.GRAPHS.key() + "=off"
            : null;
    ledger = new BufferLedger(name, options.memoryBudgetBytes());
    CLEANER.register(this, new Reminder(name, closed));
  }

  /** Tells when a device is collected that nobody closed; it must not hold the device. */
  private record Reminder(String name, AtomicBoolean closed) implements Runnable {
    @Override
    public void run() {
      if (!closed.get()) {
        LoggerFactory.getLogger(CudaDevice.class)
            .warn("device {} was never closed; its memory is lost until the process ends", name);
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** With what decides the bits of training. */
  @Override
  public String description() {
    String kernels = persistent.whyNot() == null ? ", persistent kernels" : "";
    String gates = whyNotRecomputed() == null ? ", gates computed again in backward" : "";
    return name + ": " + runtime.description() + kernels + gates;
  }

  @Override
  public ElementType realType() {
    return ElementType.F32;
  }

  /** One: what fixes the bits on a GPU is the GPU, not a number of host threads. */
  @Override
  public int threads() {
    return 1;
  }

  @Override
  public boolean supports(Precision precision) {
    return switch (precision) {
      case FP64 -> false;
      case FP32, TF32 -> true;
      case BF16, FP16 -> hasBf16;
    };
  }

  @Override
  public ElementType operandType(Precision precision) {
    if (hasBf16 && precision == Precision.BF16) {
      return ElementType.BF16;
    }
    if (hasBf16 && precision == Precision.FP16) {
      return ElementType.F16;
    }
    return ElementType.F32;
  }

  @Override
  public DeviceBuffer allocate(ElementType type, long size, String owner) {
    requireWorking();
    if (type == ElementType.F64 || (type.bytes() == 2 && !hasBf16)) {
      throw new IllegalArgumentException("device " + name + " does not hold " + type);
    }
    if (size < 0) {
      throw new IllegalArgumentException("'" + owner + "': negative size " + size);
    }
    long bytes = Math.multiplyExact(size, type.bytes());
    try {
      ledger.reserve(bytes, owner);
    } catch (DeviceOutOfMemoryException e) {
      throw withFreeBytes(e);
    }
    long address;
    try {
      address = allocateRaw(bytes, owner);
    } catch (DeviceException e) {
      ledger.cancel(bytes);
      throw e;
    }
    CudaBuffer buffer = new CudaBuffer(this, type, size, owner, address);
    ledger.opened(buffer);
    buffers.add(buffer);
    return buffer;
  }

  /** Zeroed memory that no buffer owns. */
  long allocateRaw(long bytes, String owner) {
    long address;
    try {
      runtime.bindThread();
      address = runtime.allocate(Math.max(bytes, 1));
    } catch (DeviceException e) {
      throw failed(e);
    }
    if (address == 0) {
      throw withFreeBytes(ledger.outOfMemory(bytes, owner));
    }
    return address;
  }

  private DeviceOutOfMemoryException withFreeBytes(DeviceOutOfMemoryException e) {
    runtime.bindThread();
    return new DeviceOutOfMemoryException(
        "%s; the driver has %d bytes free".formatted(e.getMessage(), runtime.freeBytes()));
  }

  void release(CudaBuffer buffer) {
    buffers.remove(buffer);
    ledger.closed(buffer);
    tidyUp(() -> runtime.free(buffer.address()));
  }

  /** Closes what is left of things, the last one first; what is left of a failed GPU is lost. */
  void tidyUp(AutoCloseable... things) {
    try {
      runtime.bindThread();
      CloseAll.inReverse(List.of(things));
    } catch (DeviceException e) {
      if (failure == null) {
        throw failed(e);
      }
    }
  }

  @Override
  public Queue openQueue(Products products) {
    requireWorking();
    CudaQueue queue = new CudaQueue(this, products);
    queues.add(queue);
    return queue;
  }

  void closed(CudaQueue queue) {
    queues.remove(queue);
  }

  CudaRuntime runtime() {
    return runtime;
  }

  /** Why queues of this device do not record, null when they do. */
  @Nullable String whyNoGraphs() {
    return whyNoGraphs;
  }

  @Override
  public @Nullable String whyNotFused(RecurrentSpec spec, PlanCapacity capacity) {
    if (persistent.whyNot() != null) {
      return persistent.whyNot();
    }
    requireWorking();
    return PersistentSupport.whyNot(this, spec, capacity);
  }

  @Override
  public RecurrentPlan fusedPlan(RecurrentSpec spec, PlanCapacity capacity) {
    String why = whyNotFused(spec, capacity);
    Sharing wanted = Sharing.of(spec, persistent.wavefront(), recompute);
    PersistentLayouts layouts =
        why == null ? PersistentLayouts.of(this, spec, capacity.batchSize(), wanted) : null;
    if (layouts == null) {
      throw new UnsupportedOperationException(why);
    }
    return new PersistentPlan(this, spec, capacity, layouts, recompute);
  }

  @Override
  public @Nullable String whyNotRecomputed() {
    return recompute ? persistent.whyNot() : "it was not asked for";
  }

  /** Whether blocks of persistent kernels form clusters where the GPU has them. */
  boolean clusters() {
    return persistent.clusters();
  }

  /** Remembers an error after which the GPU cannot be used; returns what is to be thrown. */
  DeviceException failed(DeviceException e) {
    if (failure == null && CudaStatus.isSticky(e.code())) {
      failure = e;
    }
    return e;
  }

  boolean isUsable() {
    return failure == null && !closed.get();
  }

  /** Throws unless the device is open and has not failed. */
  void requireWorking() {
    if (closed.get()) {
      throw new IllegalStateException("device " + name + " is closed");
    }
    DeviceException first = failure;
    if (first != null) {
      throw new DeviceException(
          "device %s is out of order for the rest of this process: %s"
              .formatted(name, first.getMessage()),
          first.operation(),
          first.code(),
          first.codeName());
    }
  }

  @Override
  public long allocatedBytes() {
    return ledger.bytes();
  }

  @Override
  public long peakAllocatedBytes() {
    return ledger.peakBytes();
  }

  @Override
  public long allocationCount() {
    return ledger.allocations();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    List<AutoCloseable> things = new ArrayList<>();
    things.add(() -> tidyUp(runtime));
    List<CudaBuffer> leaked = List.copyOf(buffers);
    things.addAll(leaked);
    things.add(ledger::requireEmpty); // lists what is open before that is given back
    things.addAll(queues);
    CloseAll.inReverse(things);
  }
}
