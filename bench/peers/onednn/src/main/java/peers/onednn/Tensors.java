package peers.onednn;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Makes oneDNN's memory objects of floats, fills and reads them. */
final class Tensors {
  final engine engine = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
  final stream stream = new stream(engine);

  /** Describes a layout. */
  static memory.desc layout(memory.format_tag tag, long... sizes) {
    return new memory.desc(sizes, memory.data_type.f32, tag);
  }

  /** Leaves the layout to the primitive. */
  static memory.desc any(long... sizes) {
    return layout(memory.format_tag.any, sizes);
  }

  memory zeros(memory.desc layout) {
    memory made = new memory(layout, engine);
    clear(made);
    return made;
  }

  memory of(memory.desc layout, float[] values) {
    memory made = new memory(layout, engine);
    write(made, values);
    return made;
  }

  /** A copy in another layout. */
  memory reordered(memory from, memory.desc layout) {
    memory made = new memory(layout, engine);
    new reorder(from, made).execute(stream, from, made);
    stream._wait();
    return made;
  }

  static void clear(memory m) {
    Pointer.memset(m.get_data_handle(), 0, m.get_desc().get_size());
  }

  static void write(memory m, float[] values) {
    floats(m).put(values, 0, values.length);
  }

  static void read(memory m, float[] values) {
    floats(m).get(values);
  }

  static float[] read(memory m) {
    float[] values = new float[(int) (m.get_desc().get_size() / Float.BYTES)];
    read(m, values);
    return values;
  }

  /** The numbers of a tensor, where they lie. */
  static FloatPointer floats(memory m) {
    return new FloatPointer(m.get_data_handle());
  }

  /** Sizes of a weight tensor: one layer, one direction. */
  static long[] weights(long inputs, long gates, long units) {
    return new long[] {1, 1, inputs, gates, units};
  }

  /** Σ x², in four sums that the processor can run side by side. */
  static double sumOfSquares(float[] x) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < x.length; i += 4) {
      s0 += x[i] * x[i];
      s1 += x[i + 1] * x[i + 1];
      s2 += x[i + 2] * x[i + 2];
      s3 += x[i + 3] * x[i + 3];
    }
    for (; i < x.length; i++) {
      s0 += x[i] * x[i];
    }
    return s0 + s1 + s2 + s3;
  }
}
