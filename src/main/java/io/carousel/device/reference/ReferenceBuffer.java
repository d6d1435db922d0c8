package io.carousel.device.reference;

import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;

/** A {@code double[]} or an {@code int[]}. */
final class ReferenceBuffer implements DeviceBuffer {
  private static final double[] NO_REALS = {};
  private static final int[] NO_INTEGERS = {};

  private final ReferenceDevice device;
  private final ElementType type;
  private final int size;
  private final String owner;
  private double[] reals;
  private int[] integers;
  private boolean closed;

  ReferenceBuffer(ReferenceDevice device, ElementType type, int size, String owner) {
    this.device = device;
    this.type = type;
    this.size = size;
    this.owner = owner;
    reals = type == ElementType.F64 ? new double[size] : NO_REALS;
    integers = type == ElementType.I32 ? new int[size] : NO_INTEGERS;
  }

  static double[] reals(Matrix matrix) {
    ReferenceBuffer buffer = (ReferenceBuffer) matrix.buffer();
    buffer.require(ElementType.F64);
    return buffer.reals;
  }

  static int[] integers(Matrix matrix) {
    ReferenceBuffer buffer = (ReferenceBuffer) matrix.buffer();
    buffer.require(ElementType.I32);
    return buffer.integers;
  }

  /** Index of element (row, 0). */
  static int at(Matrix matrix, int row) {
    return (int) (matrix.offset() + (long) row * matrix.stride());
  }

  private void require(ElementType wanted) {
    if (type != wanted) {
      throw new IllegalArgumentException("'" + owner + "' holds " + type + ", not " + wanted);
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String owner() {
    return owner;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      reals = NO_REALS;
      integers = NO_INTEGERS;
      device.closed(this);
    }
  }
}
