package io.carousel.io;

import java.util.Arrays;

/** What a safetensors header says about one tensor: its name, type, shape and place. */
public final class TensorEntry {
  private final String name;
  private final Dtype dtype;
  private final long[] shape;
  private final long elements;
  private final long begin;
  private final long end;

  /**
   * Describes a tensor whose data starts {@code begin} bytes into the data section.
   *
   * @throws ArithmeticException when the shape asks for more than 2^63 - 1 elements or bytes
   */
  TensorEntry(String name, Dtype dtype, long[] shape, long begin) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape.clone();
    this.elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    this.begin = begin;
    this.end = Math.addExact(begin, Math.multiplyExact(elements, (long) dtype.bytes()));
  }

  /** The same data under another name. */
  TensorEntry renamed(String other) {
    return new TensorEntry(other, dtype, shape, begin);
  }

  /** The same tensor with its data starting elsewhere. */
  TensorEntry at(long otherBegin) {
    return new TensorEntry(name, dtype, shape, otherBegin);
  }

  /** The name of the tensor in its file. */
  public String name() {
    return name;
  }

  /** The type of one element. */
  public Dtype dtype() {
    return dtype;
  }

  /** The size of each axis, slowest first; empty for a scalar. The array is a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** True when the axes have exactly these sizes. */
  public boolean hasShape(long... expected) {
    return Arrays.equals(shape, expected);
  }

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return elements;
  }

  /** Size of the data, in bytes. */
  public long bytes() {
    return end - begin;
  }

  /** First byte of the data, counted from the start of the data section. */
  long begin() {
    return begin;
  }

  /** The byte after the data, counted from the start of the data section. */
  long end() {
    return end;
  }

  /** The type and the shape, for example {@code F32 [16, 5]}. */
  @Override
  public String toString() {
    return dtype + " " + Arrays.toString(shape);
  }
}
