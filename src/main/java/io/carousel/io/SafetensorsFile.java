package io.carousel.io;

import io.carousel.device.Transposition;
import io.carousel.nn.TensorSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, open for reading.
 *
 * <p>Opening reads and checks the header only: every byte of the file belongs to exactly one
 * tensor, names are unique, types are known and sizes agree with shapes. Tensor data is read when
 * asked for, in pieces. Any sequence of bytes gives either a file that can be read to its last
 * tensor or a {@link ModelFormatException}. Reading is safe from several threads at once; after
 * {@link #close} it throws {@link IllegalStateException}.
 *
 * <p>Format: 8-byte little-endian header length, JSON header, little-endian row-major data, as
 * published with the safetensors library.
 */
public final class SafetensorsFile implements TensorSource, AutoCloseable {
  private static final Set<Dtype> FLOATS = EnumSet.of(Dtype.F32, Dtype.F16, Dtype.BF16);
  private static final Set<Dtype> DOUBLES = EnumSet.of(Dtype.F64, Dtype.F32, Dtype.F16, Dtype.BF16);
  private static final Set<Dtype> LONGS = EnumSet.of(Dtype.I64, Dtype.I32);
  private static final Set<Dtype> INTS = EnumSet.of(Dtype.I32);

  private final Path path;
  private final ByteSource source;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path path, ByteSource source, SafetensorsHeader header) {
    this.path = path;
    this.source = source;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws ModelFormatException when the file is not valid safetensors, empty, truncated or a
   *     folder
   * @throws IOException when there is no such file or it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    FileProblem.requireRegularFile(path);
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException e) {
      throw FileProblem.explain(path, e);
    }
    boolean opened = false;
    try {
      SafetensorsFile file = of(path, ByteSource.of(channel));
      opened = true;
      return file;
    } catch (ModelFormatException e) {
      throw path.toString().endsWith(".onnx") ? namedAsOnnx(path, e) : e;
    } catch (IOException e) {
      throw FileProblem.explain(path, e);
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  private static ModelFormatException namedAsOnnx(Path path, ModelFormatException cause) {
    return new ModelFormatException(
        path,
        "this is no valid safetensors file, and its name says ONNX: in Java, OnnxImport.read makes a"
            + " model of an ONNX file, which SequenceModelFile.save writes as one (docs/interop.md)",
        cause);
  }

  /**
   * A file in memory, checked as {@link #open} does.
   *
   * @param name what messages call it
   * @param bytes all of it; must not change while it is read
   */
  static SafetensorsFile of(Path name, byte[] bytes) throws IOException {
    return of(name, ByteSource.of(bytes));
  }

  private static SafetensorsFile of(Path path, ByteSource source) throws IOException {
    return new SafetensorsFile(path, source, SafetensorsHeader.read(path, source));
  }

  /** This file with other tensor entries; both share one source, which either closes. */
  SafetensorsFile withEntries(Map<String, TensorEntry> entries) {
    return new SafetensorsFile(
        path, source, new SafetensorsHeader(header.metadata(), entries, header.dataStart()));
  }

  /** The file as it was named at opening. */
  public Path path() {
    return path;
  }

  /** The file's free text by key, in the file's order; empty when it has none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** The names of all tensors, in the file's order. */
  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.entries().keySet());
  }

  /**
   * The description of one tensor.
   *
   * @throws ModelFormatException when there is no such tensor; the message lists near names
   */
  public TensorEntry entry(String name) throws ModelFormatException {
    TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new ModelFormatException(
          path,
          "there is no tensor %s; the nearest of %d: %s"
              .formatted(Names.quote(name), names().size(), Names.nearest(name, names())));
    }
    return entry;
  }

  @Override
  public long[] shape(String name) throws ModelFormatException {
    return entry(name).shape();
  }

  @Override
  public ModelFormatException refusal(String problem) {
    return new ModelFormatException(path, Names.printable(problem));
  }

  /**
   * The description of one tensor that must have a certain shape.
   *
   * @param shape the size of each axis, slowest first; none for a scalar
   * @throws ModelFormatException when there is no such tensor or its shape is another one
   */
  public TensorEntry require(String name, long... shape) throws ModelFormatException {
    TensorEntry entry = entry(name);
    if (!entry.hasShape(shape)) {
      throw new ModelFormatException(
          path,
          "tensor %s has shape %s, expected %s%s"
              .formatted(
                  Names.quote(name),
                  Arrays.toString(entry.shape()),
                  Arrays.toString(shape),
                  Transposition.hint(shape, entry.shape())));
    }
    return entry;
  }

  /**
   * Checks that the file holds exactly these tensors.
   *
   * @throws ModelFormatException naming the missing and the unexpected ones
   */
  public void requireNames(Collection<String> expected) throws ModelFormatException {
    Set<String> missing = new LinkedHashSet<>(expected);
    missing.removeAll(names());
    Set<String> unexpected = new LinkedHashSet<>(names());
    unexpected.removeAll(new LinkedHashSet<>(expected));
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      throw new ModelFormatException(
          path,
          "missing tensors: %s; unexpected tensors: %s"
              .formatted(Names.list(missing), Names.list(unexpected)));
    }
  }

  /**
   * All elements of a tensor of type F32, F16 or BF16, row-major.
   *
   * @throws ModelFormatException when there is no such tensor or it has another type
   */
  public float[] readFloats(String name) throws IOException {
    return elements(name, "readFloats", FLOATS).floats();
  }

  /**
   * All elements of a tensor of type F64, F32, F16 or BF16, row-major; widening is exact.
   *
   * @throws ModelFormatException when there is no such tensor or it has another type
   */
  @Override
  public double[] readDoubles(String name) throws IOException {
    return elements(name, "readDoubles", DOUBLES).doubles();
  }

  /**
   * All elements of a tensor of type I64 or I32, row-major.
   *
   * @throws ModelFormatException when there is no such tensor or it has another type
   */
  public long[] readLongs(String name) throws IOException {
    return elements(name, "readLongs", LONGS).longs();
  }

  /**
   * All elements of a tensor of type I32, row-major.
   *
   * @throws ModelFormatException when there is no such tensor or it has another type
   */
  public int[] readInts(String name) throws IOException {
    return elements(name, "readInts", INTS).ints();
  }

  /** The bytes of the file, for checksums. */
  ByteSource source() {
    requireOpen();
    return source;
  }

  /** Position of the data section in the file, in bytes. */
  long dataStart() {
    return header.dataStart();
  }

  /** Closes the file; closing again does nothing. */
  @Override
  public void close() throws IOException {
    source.close();
  }

  private ElementReader elements(String name, String method, Set<Dtype> readable)
      throws ModelFormatException {
    requireOpen();
    TensorEntry entry = entry(name);
    if (!readable.contains(entry.dtype())) {
      throw new ModelFormatException(
          path,
          "tensor %s is %s; %s reads %s".formatted(Names.quote(name), entry, method, readable));
    }
    return new ElementReader(path, source, header.dataStart(), entry);
  }

  private void requireOpen() {
    if (!source.isOpen()) {
      throw new IllegalStateException(path + " is closed");
    }
  }
}
