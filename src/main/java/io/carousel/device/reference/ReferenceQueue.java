package io.carousel.device.reference;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Queue;
import io.carousel.device.QueueHolder;
import org.jspecify.annotations.Nullable;

/** Runs every operation at once, on the calling thread. The families of operations are mixed in. */
final class ReferenceQueue
    implements Queue,
        ReferenceMemory,
        ReferenceElementwise,
        ReferenceCells,
        ReferenceLstm,
        ReferenceGruResetBefore,
        ReferenceLosses,
        ReferenceAttention,
        ReferenceOptimizers {
  private final ReferenceDevice device;
  private final QueueHolder holder = new QueueHolder("reference");

  ReferenceQueue(ReferenceDevice device) {
    this.device = device;
  }

  @Override
  public void begin(@Nullable Matrix... operands) {
    holder.hold();
    OperandChecks.onDevice(device, operands);
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Queue beside() {
    return this;
  }

  @Override
  public void adopt() {
    holder.adopt();
  }

  @Override
  public void synchronize() {
    holder.hold();
  }

  @Override
  public void close() {
    holder.close();
  }
}
