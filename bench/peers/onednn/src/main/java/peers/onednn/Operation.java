package peers.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MULTIPLE_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory_desc_vector;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.dnnl.sum;

/** A primitive with its arguments. */
record Operation(primitive primitive, IntMemoryMap arguments) {
  /** Arguments as pairs of number and memory; those without memory are left out. */
  static Operation of(primitive primitive, Object... arguments) {
    IntMemoryMap map = new IntMemoryMap();
    for (int i = 0; i < arguments.length; i += 2) {
      if (arguments[i + 1] != null) {
        map.put((Integer) arguments[i], (memory) arguments[i + 1]);
      }
    }
    return new Operation(primitive, map);
  }

  /** to ← from, in another layout. */
  static Operation reorder(memory from, memory to) {
    return of(new reorder(from, to), DNNL_ARG_FROM, from, DNNL_ARG_TO, to);
  }

  /** to ← scaleA · a + scaleB · b; to may be a. */
  static Operation sum(engine engine, memory to, memory a, float scaleA, memory b, float scaleB) {
    memory_desc_vector sources = new memory_desc_vector(a.get_desc(), b.get_desc());
    float[] scales = {scaleA, scaleB};
    sum.primitive_desc description = new sum.primitive_desc(engine, to.get_desc(), scales, sources);
    return of(
        new sum(description),
        DNNL_ARG_MULTIPLE_SRC,
        a,
        DNNL_ARG_MULTIPLE_SRC + 1,
        b,
        DNNL_ARG_DST,
        to);
  }

  /** a ← a · b, element by element; sizes of 1 in b serve all. */
  static Operation multiply(engine engine, memory a, memory b) {
    binary.primitive_desc description =
        new binary.primitive_desc(
            engine, algorithm.binary_mul, a.get_desc(), b.get_desc(), a.get_desc());
    return of(new binary(description), DNNL_ARG_SRC_0, a, DNNL_ARG_SRC_1, b, DNNL_ARG_DST, a);
  }

  void execute(stream stream) {
    primitive.execute(stream, arguments);
  }
}
