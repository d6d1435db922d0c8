package io.carousel.device.cpu;

import io.carousel.device.Device;
import io.carousel.device.DeviceBuffer;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Floats or integers in native memory. Java sees at most 2 GiB of it at once, so there is one view
 * for every {@value #STEP} elements, each reaching one step into the next: any run of up to that
 * many elements lies in one view.
 */
final class CpuBuffer implements DeviceBuffer {
  private static final int STEP_BITS = 27;
  private static final int STEP = 1 << STEP_BITS;
  private static final FloatBuffer[] NO_REALS = {};
  private static final IntBuffer[] NO_INTEGERS = {};

  private final CpuDevice device;
  private final ElementType type;
  private final long size;
  private final String owner;
  private final NativeMemory memory;
  private FloatBuffer[] reals = NO_REALS;
  private IntBuffer[] integers = NO_INTEGERS;
  private volatile boolean closed;

  CpuBuffer(CpuDevice device, ElementType type, long size, String owner, NativeMemory memory) {
    this.device = device;
    this.type = type;
    this.size = size;
    this.owner = owner;
    this.memory = memory;
    int views = (int) Math.max(1, (size + STEP - 1) >>> STEP_BITS);
    if (type == ElementType.I32) {
      integers = new IntBuffer[views];
    } else {
      reals = new FloatBuffer[views];
    }
    for (int i = 0; i < views; i++) {
      long start = (long) i << STEP_BITS;
      int bytes = (int) Math.min(size - start, 2L * STEP - 1) * type.bytes();
      if (type == ElementType.I32) {
        integers[i] = memory.view(start * type.bytes(), bytes).asIntBuffer();
      } else {
        reals[i] = memory.view(start * type.bytes(), bytes).asFloatBuffer();
      }
    }
  }

  /** The buffer of an operand that must hold floats. */
  static CpuBuffer reals(Matrix matrix) {
    CpuBuffer buffer = (CpuBuffer) matrix.buffer();
    buffer.require(ElementType.F32);
    return buffer;
  }

  /** The buffer of an operand that must hold integers. */
  static CpuBuffer integers(Matrix matrix) {
    CpuBuffer buffer = (CpuBuffer) matrix.buffer();
    buffer.require(ElementType.I32);
    return buffer;
  }

  private void require(ElementType wanted) {
    if (type != wanted) {
      throw new IllegalArgumentException("'" + owner + "' holds " + type + ", not " + wanted);
    }
  }

  /** The address of an element, for native code; 0 and up where addresses are unknown. */
  long address(long index) {
    return memory.address() + index * type.bytes();
  }

  /** The address of the first element of a matrix of floats; 0 where there is none. */
  static long address(@Nullable Matrix matrix) {
    return matrix == null ? 0 : reals(matrix).address(matrix.offset());
  }

  /** A small buffer as 64-bit words. */
  LongBuffer longs() {
    return memory.view(0, Math.toIntExact(size * type.bytes())).asLongBuffer();
  }

  void read(long index, float[] to, int at, int count) {
    reals[(int) (index >>> STEP_BITS)].get((int) index & (STEP - 1), to, at, count);
  }

  void write(long index, float[] from, int at, int count) {
    reals[(int) (index >>> STEP_BITS)].put((int) index & (STEP - 1), from, at, count);
  }

  void read(long index, int[] to, int at, int count) {
    integers[(int) (index >>> STEP_BITS)].get((int) index & (STEP - 1), to, at, count);
  }

  void write(long index, int[] from, int at, int count) {
    integers[(int) (index >>> STEP_BITS)].put((int) index & (STEP - 1), from, at, count);
  }

  float real(long index) {
    return reals[(int) (index >>> STEP_BITS)].get((int) index & (STEP - 1));
  }

  void setReal(long index, float value) {
    reals[(int) (index >>> STEP_BITS)].put((int) index & (STEP - 1), value);
  }

  int integer(long index) {
    return integers[(int) (index >>> STEP_BITS)].get((int) index & (STEP - 1));
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
  public synchronized void close() {
    if (!closed) {
      closed = true;
      reals = NO_REALS;
      integers = NO_INTEGERS;
      memory.free();
      device.closed(this);
    }
  }
}
