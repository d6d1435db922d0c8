package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.HalfPrecision;
import java.nio.ByteBuffer;

/**
 * Runs of elements between an array of the caller and pinned memory, converted on the way. Numbers
 * travel as the device stores them; doubles are rounded to float first.
 */
interface HostArray {
  /** Writes {@code count} elements from {@code index} on into memory at byte {@code at}. */
  void write(ByteBuffer memory, int at, int index, int count);

  /** Reads them back. */
  void read(ByteBuffer memory, int at, int index, int count);

  static HostArray of(int[] array) {
    return new HostArray() {
      @Override
      public void write(ByteBuffer memory, int at, int index, int count) {
        memory.position(at).asIntBuffer().put(array, index, count);
      }

      @Override
      public void read(ByteBuffer memory, int at, int index, int count) {
        memory.position(at).asIntBuffer().get(array, index, count);
      }
    };
  }

  static HostArray of(float[] array, ElementType type) {
    if (type != ElementType.F32) {
      return new HalfFloats(type) {
        @Override
        float get(int index) {
          return array[index];
        }

        @Override
        void set(int index, float value) {
          array[index] = value;
        }
      };
    }
    return new HostArray() {
      @Override
      public void write(ByteBuffer memory, int at, int index, int count) {
        memory.position(at).asFloatBuffer().put(array, index, count);
      }

      @Override
      public void read(ByteBuffer memory, int at, int index, int count) {
        memory.position(at).asFloatBuffer().get(array, index, count);
      }
    };
  }

  static HostArray of(double[] array, ElementType type) {
    if (type != ElementType.F32) {
      return new HalfFloats(type) {
        @Override
        float get(int index) {
          return (float) array[index];
        }

        @Override
        void set(int index, float value) {
          array[index] = value;
        }
      };
    }
    return new HostArray() {
      @Override
      public void write(ByteBuffer memory, int at, int index, int count) {
        for (int i = 0; i < count; i++) {
          memory.putFloat(at + Float.BYTES * i, (float) array[index + i]);
        }
      }

      @Override
      public void read(ByteBuffer memory, int at, int index, int count) {
        for (int i = 0; i < count; i++) {
          array[index + i] = memory.getFloat(at + Float.BYTES * i);
        }
      }
    };
  }

  /** Numbers that the device stores in 16 bits. */
  abstract class HalfFloats implements HostArray {
    private final boolean bf16;

    HalfFloats(ElementType type) {
      bf16 = type == ElementType.BF16;
    }

    abstract float get(int index);

    abstract void set(int index, float value);

    @Override
    public void write(ByteBuffer memory, int at, int index, int count) {
      for (int i = 0; i < count; i++) {
        float value = get(index + i);
        short bits = bf16 ? HalfPrecision.toBf16(value) : HalfPrecision.toF16(value);
        memory.putShort(at + Short.BYTES * i, bits);
      }
    }

    @Override
    public void read(ByteBuffer memory, int at, int index, int count) {
      for (int i = 0; i < count; i++) {
        short bits = memory.getShort(at + Short.BYTES * i);
        set(index + i, bf16 ? HalfPrecision.bf16(bits) : HalfPrecision.f16(bits));
      }
    }
  }
}
