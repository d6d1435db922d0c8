package io.carousel.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A recurrent stack computed by somebody else: inputs, parameters, results and gradients, to
 * compare with.
 *
 * <p>Tensors are time-major and carry PyTorch's names: {@code input} [T, B, I], {@code h0}, {@code
 * hn}, {@code c0}, {@code cn} [layers*D, B, size], {@code output} [T, B, D*R], {@code weight_ih_l0}
 * and so on; {@code loss} = sum(output*loss_w_output) + sum(hn*loss_w_hn) + sum(cn*loss_w_cn);
 * {@code grad.NAME} is its gradient with respect to NAME. {@link ReferenceSpec#tensorShapes} lists
 * them all.
 */
public final class ReferenceCase {
  private final Path file;
  private final ReferenceSpec spec;
  private final String source;
  private final Dtype dtype;
  private final int[] lengths;
  private final Map<String, Tensor> tensors;

  private ReferenceCase(
      Path file,
      ReferenceSpec spec,
      String source,
      Dtype dtype,
      int[] lengths,
      Map<String, Tensor> tensors) {
    this.file = file;
    this.spec = spec;
    this.source = source;
    this.dtype = dtype;
    this.lengths = lengths;
    this.tensors = tensors;
  }

  /** Numbers with a shape, row-major. */
  public static final class Tensor {
    private final long[] shape;
    private final double[] values;

    private Tensor(long[] shape, double[] values) {
      this.shape = shape;
      this.values = values;
    }

    /** The size of each axis, slowest first; a copy. */
    public long[] shape() {
      return shape.clone();
    }

    /** The elements, row-major; a copy. */
    public double[] values() {
      return values.clone();
    }
  }

  /**
   * Reads a case and checks that it holds exactly the tensors that its metadata announces.
   *
   * @throws ModelFormatException naming the metadata or the tensors that are missing, unknown,
   *     contradictory or not finite
   * @throws IOException when there is no such file or it cannot be read
   */
  public static ReferenceCase read(Path file) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      ReferenceMetadata metadata = ReferenceMetadata.read(tensors);
      ReferenceSpec spec = metadata.spec();
      Map<String, long[]> shapes = spec.tensorShapes();
      Map<String, long[]> expected = new LinkedHashMap<>(shapes);
      if (spec.packed()) {
        expected.put("lengths", new long[] {spec.batchSize()});
      }
      tensors.requireNames(expected.keySet());
      for (Map.Entry<String, long[]> entry : expected.entrySet()) {
        tensors.require(entry.getKey(), entry.getValue());
      }
      Dtype dtype = dtype(tensors, shapes);
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
        values.put(entry.getKey(), new Tensor(entry.getValue(), finite(tensors, entry.getKey())));
      }
      return new ReferenceCase(
          file, spec, metadata.source(), dtype, lengths(tensors, spec), values);
    }
  }

  /** The file that the case came from. */
  public Path file() {
    return file;
  }

  /** The stack and the batch. */
  public ReferenceSpec spec() {
    return spec;
  }

  /** Who computed the case, in its own words. */
  public String source() {
    return source;
  }

  /** The type of all numbers in the file: F64 or F32. */
  public Dtype dtype() {
    return dtype;
  }

  /** The length of each sequence, [B], in the batch's order; T for all unless packed. A copy. */
  public int[] lengths() {
    return lengths.clone();
  }

  /** All tensors by name, in the order of {@link ReferenceSpec#tensorShapes}. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * One tensor.
   *
   * @throws IllegalArgumentException when cases of this kind have no such tensor
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "a case has no tensor %s; the nearest: %s"
              .formatted(Names.quote(name), Names.nearest(name, tensors.keySet())));
    }
    return tensor;
  }

  private static Dtype dtype(SafetensorsFile tensors, Map<String, long[]> shapes)
      throws ModelFormatException {
    Dtype dtype = tensors.entry("input").dtype();
    if (dtype != Dtype.F64 && dtype != Dtype.F32) {
      throw new ModelFormatException(
          tensors.path(), "tensor 'input' is " + dtype + ", expected F64 or F32");
    }
    for (String name : shapes.keySet()) {
      if (tensors.entry(name).dtype() != dtype) {
        throw new ModelFormatException(
            tensors.path(),
            "tensor %s is %s, but 'input' is %s; a case has one type"
                .formatted(Names.quote(name), tensors.entry(name).dtype(), dtype));
      }
    }
    return dtype;
  }

  private static double[] finite(SafetensorsFile tensors, String name) throws IOException {
    double[] values = tensors.readDoubles(name);
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new ModelFormatException(
            tensors.path(),
            "tensor %s holds %s at element %d".formatted(Names.quote(name), values[i], i));
      }
    }
    return values;
  }

  private static int[] lengths(SafetensorsFile tensors, ReferenceSpec spec) throws IOException {
    int[] lengths = new int[spec.batchSize()];
    Arrays.fill(lengths, spec.seqLen());
    if (spec.packed()) {
      if (tensors.entry("lengths").dtype() != Dtype.I64) {
        throw new ModelFormatException(
            tensors.path(),
            "tensor 'lengths' is " + tensors.entry("lengths").dtype() + ", expected I64");
      }
      long[] stored = tensors.readLongs("lengths");
      for (int row = 0; row < lengths.length; row++) {
        if (stored[row] < 0 || stored[row] > spec.seqLen()) {
          throw new ModelFormatException(
              tensors.path(),
              "the length of sequence %d is %d, expected 0 to T = %d"
                  .formatted(row, stored[row], spec.seqLen()));
        }
        lengths[row] = (int) stored[row];
      }
    }
    return lengths;
  }
}
