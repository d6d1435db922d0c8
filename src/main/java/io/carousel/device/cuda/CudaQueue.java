package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;

import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.OperandChecks;
import io.carousel.device.Precision;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.QueueHolder;
import io.carousel.device.RecordedWork;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stream with its scratch memory. The families of operations are mixed in; here are order,
 * recording and lifetime. A queue beside this one is opened when it is first asked for, and may
 * have one beside itself; all of them have one background.
 */
final class CudaQueue
    implements Queue,
        CudaMemory,
        CudaProduct,
        CudaElementwise,
        CudaRows,
        CudaRnn,
        CudaLstm,
        CudaGru,
        CudaGruResetBefore,
        CudaLosses,
        CudaAttention,
        CudaOptimizers {
  /** {@code CAROUSEL_SCRATCH_BYTES}. */
  static final long SCRATCH_BYTES = 4L << 20;

  private final CudaDevice device;
  private final CudaRuntime runtime;
  private final @Nullable CudaQueue parent;
  private final Products products;
  private final boolean mayWait;
  private final CudaStream stream;
  private final long handle;
  private final long scratch;
  private final QueueHolder holder;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable CudaQueue beside;
  private @Nullable CudaQueue background; // of the root alone
  private @Nullable StagingBuffer staging;
  private long[] targetNumbers = new long[0];
  private volatile boolean recording; // other threads ask when they wait for this queue

  /** A queue that is beside no other. */
  CudaQueue(CudaDevice device, Products products) {
    this(device, null, products, false);
  }

  private CudaQueue(
      CudaDevice device, @Nullable CudaQueue parent, Products products, boolean mayWait) {
    this.device = device;
    this.parent = parent;
    this.products = products;
    this.mayWait = mayWait;
    runtime = device.runtime();
    holder = new QueueHolder(device.name());
    runtime.bindThread();
    stream = runtime.openStream(!mayWait);
    try {
      scratch = device.allocateRaw(SCRATCH_BYTES, "scratch memory of a queue");
    } catch (DeviceException e) {
      CloseAll.after(e, List.of(stream));
      throw e;
    }
    handle = stream.handle();
  }

  @Override
  public void begin(@Nullable Matrix... operands) {
    holder.hold();
    device.requireWorking();
    runtime.bindThread();
    OperandChecks.onDevice(device, operands);
  }

  @Override
  public void beginTransfer(Matrix matrix) {
    begin(matrix);
    requireNotRecording("a transfer between host and device");
  }

  @Override
  public long handle() {
    return handle;
  }

  @Override
  public long scratch() {
    return scratch;
  }

  @Override
  public void check(String operation, int status) {
    if (status != 0) {
      throw device.failed(CudaStatus.failure(operation, status));
    }
  }

  @Override
  public long[] targetNumbers(int length) {
    if (targetNumbers.length < length) {
      targetNumbers = new long[length];
    }
    return targetNumbers;
  }

  @Override
  public void send(HostArray from, int offset, Matrix to) {
    try {
      staging().upload(from, offset, to);
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  @Override
  public void fetch(Matrix from, HostArray to, int offset) {
    try {
      staging().download(from, to, offset);
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  private StagingBuffer staging() {
    if (staging == null) {
      staging = new StagingBuffer(runtime, stream);
    }
    return staging;
  }

  @Override
  public void multiply(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    try {
      stream.gemm(
          precision,
          transposeA,
          transposeB,
          c.rows(),
          c.columns(),
          k,
          alpha,
          Operands.type(a),
          address(a),
          Math.max(a.stride(), a.columns()), // of a single row the stride may be anything
          address(b),
          Math.max(b.stride(), b.columns()),
          beta,
          Operands.type(c),
          address(c),
          Math.max(c.stride(), c.columns()));
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  @Override
  public void multiplyBatch(
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      MatrixBatch a,
      MatrixBatch b,
      float beta,
      MatrixBatch c) {
    try {
      stream.gemmStridedBatched(
          c.count(),
          transposeA,
          transposeB,
          c.first().rows(),
          c.first().columns(),
          k,
          alpha,
          CudaStream.Factor.of(a),
          CudaStream.Factor.of(b),
          beta,
          CudaStream.Factor.of(c));
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  @Override
  public Queue beside() {
    begin();
    if (beside == null) {
      beside = open(mayWait);
    }
    return beside;
  }

  @Override
  public Queue background() {
    if (parent != null) {
      return parent.background();
    }
    begin();
    if (background == null) {
      background = open(true);
    }
    return background;
  }

  private CudaQueue open(boolean ofWorkThatMayWait) {
    requireNotRecording("opening another queue");
    return new CudaQueue(device, this, products, ofWorkThatMayWait);
  }

  @Override
  public void await(Queue other) {
    if (other == this) {
      return;
    }
    begin();
    if (!(other instanceof CudaQueue queue) || queue.device != device) {
      throw new IllegalArgumentException("another device's queue cannot be awaited");
    }
    if (queue.closed.get()) {
      throw new IllegalStateException("a closed queue cannot be awaited");
    }
    if (queue.root() != root()) {
      requireNotRecording("waiting for a queue that is not recorded");
      queue.requireNotRecording("being waited for by a queue that is not recorded");
    }
    try {
      stream.await(queue.stream);
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  private CudaQueue root() {
    return parent == null ? this : parent.root();
  }

  @Override
  public @Nullable String whyNotRecorded() {
    if (parent != null) {
      return "a queue beside another one is recorded with that one";
    }
    return device.whyNoGraphs();
  }

  private void requireNotRecording(String what) {
    if (root().recording) {
      throw new IllegalStateException(what + " cannot be part of recorded work");
    }
  }

  @Override
  public RecordedWork record(Runnable work) {
    begin();
    String reason = whyNotRecorded();
    if (reason != null) {
      throw new IllegalStateException(reason);
    }
    requireNotRecording("recording");
    check("beginning to record", GraphCalls.begin(handle));
    recording = true;
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      GraphCalls.abandon(handle); // what was caught says more than this status
      throw e;
    } finally {
      recording = false;
    }
    long[] graphAndNodes = new long[2];
    check("recording", GraphCalls.end(handle, graphAndNodes));
    return new CudaGraph(this, graphAndNodes[0], (int) graphAndNodes[1]);
  }

  void launch(long graph) {
    begin();
    requireNotRecording("recorded work");
    check("recorded work", GraphCalls.launch(graph, handle));
  }

  void destroy(long graph) {
    if (device.isUsable()) {
      runtime.bindThread();
      CudaStatus.check("closing recorded work", GraphCalls.destroy(graph));
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public void adopt() {
    holder.adopt();
    for (CudaQueue other : others()) {
      other.adopt();
    }
  }

  @Override
  public void requireHeld() {
    holder.hold();
  }

  @Override
  public void synchronize() {
    begin();
    requireNotRecording("synchronize");
    try {
      stream.synchronize();
    } catch (DeviceException e) {
      throw device.failed(e);
    }
  }

  @Override
  public void close() {
    if (closed.get()) {
      return;
    }
    requireNotRecording("closing a queue");
    if (!closed.getAndSet(true)) {
      holder.close();
      device.closed(this);
      device.tidyUp(
          () -> {
            if (staging != null) {
              staging.close();
            }
          },
          () -> runtime.free(scratch),
          stream,
          () -> CloseAll.inReverse(others()));
    }
  }

  /** Those that it has opened. */
  private List<CudaQueue> others() {
    return Stream.of(beside, background).filter(Objects::nonNull).toList();
  }
}
