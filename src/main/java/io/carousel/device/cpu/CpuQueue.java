package io.carousel.device.cpu;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.QueueHolder;
import org.jspecify.annotations.Nullable;

/**
 * Runs every operation at once, on the calling thread and the device's workers. The families of
 * operations are mixed in.
 */
final class CpuQueue
    implements Queue,
        CpuMemory,
        CpuProduct,
        CpuElementwise,
        CpuRows,
        CpuRnn,
        CpuLstm,
        CpuGru,
        CpuGruResetBefore,
        CpuLosses,
        CpuAttention,
        CpuOptimizers {
  private final CpuDevice device;
  private final Products products;
  private final Gemm gemm;
  private final HeadTasks headTasks;
  private final Workers workers;
  private final QueueHolder holder = new QueueHolder("cpu");

  CpuQueue(CpuDevice device, Products products) {
    this.device = device;
    this.products = products;
    gemm = device.gemm(products);
    headTasks = new HeadTasks(gemm);
    workers = new Workers(device.pool());
  }

  @Override
  public void begin(@Nullable Matrix... operands) {
    holder.hold();
    OperandChecks.onDevice(device, operands);
  }

  @Override
  public void begin(@Nullable Matrix operand) {
    holder.hold();
    OperandChecks.onDevice(device, operand);
  }

  @Override
  public Workers workers() {
    return workers;
  }

  @Override
  public Gemm library() {
    return gemm;
  }

  @Override
  public HeadTasks headTasks() {
    return headTasks;
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
  public Queue beside() {
    return this;
  }

  @Override
  public void adopt() {
    holder.adopt();
  }

  @Override
  public void requireHeld() {
    holder.hold();
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
