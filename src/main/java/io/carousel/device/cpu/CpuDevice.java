package io.carousel.device.cpu;

import io.carousel.device.BufferLedger;
import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.DeviceOptions;
import io.carousel.device.ElementType;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The processor, with float32 numbers in native memory and a thread pool of its own. */
final class CpuDevice implements Device {
  private final Libraries libraries;
  private final FusedKernels kernels;
  private final Gemm rowInvariantGemm;
  private final BufferLedger ledger;
  private final WorkerPool pool;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A device with the kernels that the user chooses. */
  CpuDevice(DeviceOptions options, Libraries libraries) {
    this(options, libraries, FusedKernels.chosen(libraries));
  }

  CpuDevice(DeviceOptions options, Libraries libraries, FusedKernels kernels) {
    this.libraries = libraries;
    this.kernels = kernels;
    rowInvariantGemm = RowInvariantGemm.of(kernels);
    ledger = new BufferLedger("cpu", options.memoryBudgetBytes());
    int threads = options.threads();
    pool = new WorkerPool(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "cpu: %s, %s, %s plan, float32, %d thread%s"
        .formatted(
            Processor.name(),
            libraries.gemm().description(),
            kernels.plan(),
            threads(),
            threads() == 1 ? "" : "s");
  }

  @Override
  public ElementType realType() {
    return ElementType.F32;
  }

  @Override
  public int threads() {
    return pool.threads();
  }

  @Override
  public boolean supports(Precision precision) {
    return precision == Precision.FP32;
  }

  @Override
  public @Nullable String whyNotFused(RecurrentSpec spec, PlanCapacity capacity) {
    return kernels.problem() == null ? FusedSupport.whyNot(spec) : kernels.problem();
  }

  @Override
  public RecurrentPlan fusedPlan(RecurrentSpec spec, PlanCapacity capacity) {
    String why = whyNotFused(spec, capacity);
    InstructionSet instructions = kernels.instructions();
    if (why != null || instructions == null) {
      throw new UnsupportedOperationException(why);
    }
    return new FusedPlan(this, kernels.plan(), spec, capacity, instructions, pool);
  }

  WorkerPool pool() {
    return pool;
  }

  Gemm gemm(Products products) {
    return products == Products.ROW_INVARIANT ? rowInvariantGemm : libraries.gemm();
  }

  @Override
  public DeviceBuffer allocate(ElementType type, long size, String owner) {
    requireOpen();
    if (type == ElementType.F64) {
      throw new IllegalArgumentException("the cpu device holds F32 and I32, not F64");
    }
    if (size < 0) {
      throw new IllegalArgumentException("'" + owner + "': negative size " + size);
    }
    long bytes = Math.multiplyExact(size, type.bytes());
    ledger.reserve(bytes, owner);
    NativeMemory memory;
    try {
      memory = libraries.memory().allocate(bytes);
    } catch (OutOfMemoryError e) {
      ledger.cancel(bytes);
      throw ledger.outOfMemory(bytes, owner);
    }
    CpuBuffer buffer = new CpuBuffer(this, type, size, owner, memory);
    ledger.opened(buffer);
    return buffer;
  }

  void closed(CpuBuffer buffer) {
    ledger.closed(buffer);
  }

  @Override
  public Queue openQueue(Products products) {
    requireOpen();
    return new CpuQueue(this, products);
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

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("device cpu is closed");
    }
  }

  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      pool.close();
      ledger.requireEmpty();
    }
  }
}
