package io.carousel.io.onnx;

import io.carousel.io.onnx.Operator.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that bring elements into other places and shapes. */
final class ArrangingOperators {
  private ArrangingOperators() {}

  /** All of them, by name. */
  static final Map<String, Operator> ALL =
      Map.ofEntries(
          Map.entry("Transpose", call -> List.of(transpose(call))),
          Map.entry("Reshape", call -> List.of(reshape(call))),
          Map.entry("Flatten", call -> List.of(flatten(call))),
          Map.entry("Squeeze", call -> List.of(squeeze(call))),
          Map.entry("Unsqueeze", call -> List.of(unsqueeze(call))),
          Map.entry("Concat", call -> List.of(concat(call))),
          Map.entry("Split", ArrangingOperators::split),
          Map.entry("Slice", call -> List.of(slice(call))),
          Map.entry("Gather", call -> List.of(gather(call))),
          Map.entry("Expand", call -> List.of(expand(call))),
          Map.entry("ReverseSequence", call -> List.of(reverseSequence(call))));

  private static OnnxTensor transpose(Call call) {
    OnnxTensor x = call.input(0);
    long[] given = call.attributes().integers("perm");
    int[] permutation =
        given == null
            ? IntStream.range(0, x.rank()).map(axis -> x.rank() - 1 - axis).toArray()
            : LongStream.of(given).mapToInt(Math::toIntExact).toArray();
    return Axes.transpose(x, permutation);
  }

  private static OnnxTensor reshape(Call call) {
    OnnxTensor x = call.input(0);
    int[] target = call.input(1).ints();
    boolean keepZeros = call.attributes().integer("allowzero", 0) == 1;
    int[] shape = target.clone();
    int open = -1;
    long rest = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 0 && !keepZeros) {
        shape[axis] = x.shape()[Axes.of(axis, x.rank())];
      }
      if (shape[axis] == -1 && open < 0) {
        open = axis;
      } else {
        rest *= shape[axis];
      }
    }
    if (open >= 0) {
      if (rest == 0 || x.size() % rest != 0) {
        throw new IllegalArgumentException(
            "%s cannot take the shape %s".formatted(x, Arrays.toString(target)));
      }
      shape[open] = (int) (x.size() / rest);
    }
    return x.withShape(shape);
  }

  private static OnnxTensor flatten(Call call) {
    OnnxTensor x = call.input(0);
    long axis = call.attributes().integer("axis", 1);
    int cut = axis == x.rank() ? x.rank() : Axes.of(axis, x.rank());
    int rows = OnnxTensor.size(Arrays.copyOf(x.shape(), cut));
    int columns = OnnxTensor.size(Arrays.copyOfRange(x.shape(), cut, x.rank()));
    return x.withShape(rows, columns);
  }

  private static OnnxTensor squeeze(Call call) {
    OnnxTensor x = call.input(0);
    long[] given = call.list("axes", 1);
    Set<Integer> dropped = new HashSet<>();
    if (given == null) {
      IntStream.range(0, x.rank()).filter(axis -> x.shape()[axis] == 1).forEach(dropped::add);
    } else {
      LongStream.of(given).forEach(axis -> dropped.add(Axes.of(axis, x.rank())));
    }
    for (int axis : dropped) {
      if (x.shape()[axis] != 1) {
        throw new IllegalArgumentException("axis %d of %s is not 1".formatted(axis, x));
      }
    }
    return x.withShape(
        IntStream.range(0, x.rank())
            .filter(axis -> !dropped.contains(axis))
            .map(axis -> x.shape()[axis])
            .toArray());
  }

  private static OnnxTensor unsqueeze(Call call) {
    OnnxTensor x = call.input(0);
    long[] axes = call.list("axes", 1);
    if (axes == null) {
      throw new IllegalArgumentException("axes are missing");
    }
    int rank = x.rank() + axes.length;
    int[] shape = new int[rank];
    LongStream.of(axes).forEach(axis -> shape[Axes.of(axis, rank)] = 1);
    int from = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (shape[axis] == 0) {
        if (from == x.rank()) {
          throw new IllegalArgumentException("axes " + Arrays.toString(axes) + " repeat");
        }
        shape[axis] = x.shape()[from++];
      }
    }
    return x.withShape(shape);
  }

  private static OnnxTensor concat(Call call) {
    OnnxTensor first = call.input(0);
    int axis = Axes.of(call.attributes().integer("axis", 0), first.rank());
    int[] shape = first.shape().clone();
    shape[axis] = 0;
    List<OnnxTensor> parts = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      OnnxTensor part = call.input(i);
      int[] other = part.shape().clone();
      if (other.length != shape.length) {
        throw new IllegalArgumentException("%s beside %s".formatted(part, first));
      }
      shape[axis] = Math.addExact(shape[axis], other[axis]);
      other[axis] = shape[axis];
      if (!Arrays.equals(shape, other)) {
        throw new IllegalArgumentException("%s beside %s".formatted(part, first));
      }
      parts.add(part);
    }
    double[] values = new double[OnnxTensor.size(shape)];
    int blocks = OnnxTensor.size(Arrays.copyOf(shape, axis));
    int to = 0;
    for (int block = 0; block < blocks; block++) {
      for (OnnxTensor part : parts) {
        int size = part.size() / blocks;
        System.arraycopy(part.values(), block * size, values, to, size);
        to += size;
      }
    }
    return new OnnxTensor(first.type(), shape, values);
  }

  private static List<OnnxTensor> split(Call call) {
    OnnxTensor x = call.input(0);
    int axis = Axes.of(call.attributes().integer("axis", 0), x.rank());
    int count = call.node().outputs().size();
    long[] sizes = call.list("split", 1);
    if (sizes == null) {
      sizes = new long[count];
      int each = -Math.floorDiv(-x.shape()[axis], count); // the last one may be smaller
      Arrays.fill(sizes, each);
      sizes[count - 1] = x.shape()[axis] - (count - 1L) * each;
    }
    if (sizes.length != count || LongStream.of(sizes).sum() != x.shape()[axis]) {
      throw new IllegalArgumentException(
          "split %s of axis %d of %s".formatted(Arrays.toString(sizes), axis, x));
    }
    List<OnnxTensor> parts = new ArrayList<>();
    int from = 0;
    for (long size : sizes) {
      int[] shape = x.shape().clone();
      shape[axis] = Math.toIntExact(size);
      int[] strides = Axes.strides(x.shape());
      parts.add(Axes.gathered(x, shape, from * strides[axis], strides));
      from += shape[axis];
    }
    return parts;
  }

  private static OnnxTensor slice(Call call) {
    OnnxTensor x = call.input(0);
    long[] starts = call.list("starts", 1);
    long[] ends = call.list("ends", 2);
    if (starts == null || ends == null || starts.length != ends.length) {
      throw new IllegalArgumentException("starts and ends do not fit");
    }
    long[] axes = call.list("axes", 3);
    long[] steps = call.list("steps", 4);
    int[] shape = x.shape().clone();
    int[] strides = Axes.strides(shape);
    int origin = 0;
    Set<Integer> sliced = new HashSet<>();
    for (int i = 0; i < starts.length; i++) {
      int axis = Axes.of(axes == null ? i : axes[i], x.rank());
      if (!sliced.add(axis)) {
        throw new IllegalArgumentException("axis %d of %s is cut twice".formatted(axis, x));
      }
      int size = x.shape()[axis];
      long step = steps == null ? 1 : steps[i];
      if (step == 0 || Math.abs(step) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("step %d".formatted(step));
      }
      long last = step > 0 ? size : size - 1L;
      long start = clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, last);
      long end = clamp(ends[i] < 0 ? ends[i] + size : ends[i], step > 0 ? 0 : -1, last);
      long count = Math.max(0, -Math.floorDiv(start - end, step));
      shape[axis] = (int) count;
      origin += (int) (count == 0 ? 0 : start * strides[axis]);
      strides[axis] = (int) (strides[axis] * step);
    }
    return Axes.gathered(x, shape, origin, strides);
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(most, value));
  }

  private static OnnxTensor gather(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor ids = call.input(1);
    int axis = Axes.of(call.attributes().integer("axis", 0), x.rank());
    int size = x.shape()[axis];
    int inner = Axes.strides(x.shape())[axis];
    int outer = OnnxTensor.size(Arrays.copyOf(x.shape(), axis));
    int[] shape = new int[x.rank() - 1 + ids.rank()];
    System.arraycopy(x.shape(), 0, shape, 0, axis);
    System.arraycopy(ids.shape(), 0, shape, axis, ids.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + ids.rank(), x.rank() - axis - 1);
    double[] values = new double[OnnxTensor.size(shape)];
    int[] wanted = ids.ints();
    int to = 0;
    for (int block = 0; block < outer && to < values.length; block++) {
      for (int id : wanted) {
        int from = (block * size + Axes.of(id, size)) * inner;
        System.arraycopy(x.values(), from, values, to, inner);
        to += inner;
      }
    }
    return new OnnxTensor(x.type(), shape, values);
  }

  private static OnnxTensor expand(Call call) {
    OnnxTensor x = call.input(0);
    return Axes.stretched(x, Axes.broadcast(x.shape(), call.input(1).ints()));
  }

  private static OnnxTensor reverseSequence(Call call) {
    OnnxTensor x = call.input(0);
    int[] lengths = call.input(1).ints();
    long batchAxis = call.attributes().integer("batch_axis", 1);
    long timeAxis = call.attributes().integer("time_axis", 0);
    if (batchAxis != 1 || timeAxis != 0 || x.rank() < 2 || lengths.length != x.shape()[1]) {
      throw new IllegalArgumentException(
          "%s with %d lengths, batch_axis %d, time_axis %d: supported are 1 and 0"
              .formatted(x, lengths.length, batchAxis, timeAxis));
    }
    double[] values = x.values().clone();
    int row = Axes.strides(x.shape())[1];
    for (int n = 0; n < lengths.length; n++) {
      int length = Math.min(lengths[n], x.shape()[0]);
      for (int t = 0; t < length; t++) {
        int from = ((length - 1 - t) * lengths.length + n) * row;
        System.arraycopy(x.values(), from, values, (t * lengths.length + n) * row, row);
      }
    }
    return x.withValues(values);
  }
}
