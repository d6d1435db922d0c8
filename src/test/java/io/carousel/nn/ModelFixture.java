package io.carousel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** A device with what a model needs; closing it fails on leaks. */
public final class ModelFixture implements AutoCloseable {
  public static final long SEED = 42;

  public final Device device;
  public final Queue queue;
  public final MatrixPool pool;
  public final ParameterSet parameters;
  private final BufferScope scope;

  public ModelFixture(String deviceName) {
    device = Devices.open(deviceName);
    queue = device.openQueue();
    pool = new MatrixPool(device, "test");
    parameters = new ParameterSet(queue, SEED, "test");
    scope = new BufferScope(device, "test");
  }

  /** A matrix [rows, columns] with these values. */
  public Matrix matrix(int rows, int columns, double... values) {
    Matrix matrix = scope.reals("test", rows, columns);
    queue.upload(values, 0, matrix);
    return matrix;
  }

  /** A matrix of zeros. */
  public Matrix zeros(int rows, int columns) {
    return scope.reals("test", rows, columns);
  }

  /** A row of integers. */
  public Matrix integers(int rows, int columns, int... values) {
    Matrix matrix = scope.integers("test", rows * columns).reshape(rows, columns);
    queue.upload(values, 0, matrix);
    return matrix;
  }

  public double[] values(Matrix matrix) {
    double[] values = new double[Math.toIntExact(matrix.size())];
    queue.download(matrix, values, 0);
    return values;
  }

  public double scalar(Matrix matrix) {
    return values(matrix)[0];
  }

  /** How near a device comes to a short formula evaluated in double precision. */
  public double tolerance() {
    return device.realType() == ElementType.F64 ? 1e-12 : 1e-5;
  }

  /** Compares with an absolute and relative tolerance. */
  public void assertClose(double[] expected, double[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double bound = tolerance() * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], bound, what + " [" + i + "]");
    }
  }

  /** Numbers in [-1, 1) that floats represent exactly, none near 0, where ReLU has its kink. */
  public static double[] random(long seed, int count) {
    return new Random(seed)
        .doubles(count * 20L + 100, -1, 1)
        .filter(x -> Math.abs(x) > 0.01)
        .limit(count)
        .map(x -> (float) x)
        .toArray();
  }

  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Compares a gradient with central differences of the loss; for float64 only. */
  public void assertGradient(String what, Matrix variable, double[] gradient, DoubleSupplier loss) {
    double[] point = values(variable);
    assertEquals(point.length, gradient.length, what);
    double h = 1e-5;
    for (int i = 0; i < point.length; i++) {
      double here = point[i];
      point[i] = here + h;
      queue.upload(point, 0, variable);
      double above = loss.getAsDouble();
      point[i] = here - h;
      queue.upload(point, 0, variable);
      double below = loss.getAsDouble();
      point[i] = here;
      queue.upload(point, 0, variable);
      double numeric = (above - below) / (2 * h);
      double bound = 1e-7 * Math.max(1, Math.abs(numeric));
      assertEquals(numeric, gradient[i], bound, what + " [" + i + "]");
    }
  }

  @Override
  public void close() {
    parameters.close();
    pool.close();
    scope.close();
    queue.close();
    device.close();
  }
}
