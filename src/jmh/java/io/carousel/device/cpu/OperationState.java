package io.carousel.device.cpu;

import io.carousel.device.BufferScope;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Benchmarks of a queue's operations: the CPU device and matrices of random numbers in [-1, 1). */
@State(Scope.Thread)
public abstract class OperationState {
  /** Threads that compute. */
  @Param("1")
  public int threads;

  /** N x H: sequences and units of one time step. */
  @Param({"1x128", "32x128", "64x512"})
  public String shape;

  Queue queue;
  private Device device;
  private BufferScope scope;
  private final SplittableRandom random = new SplittableRandom(1);

  /** Opens the device; the one setup, since JMH does not run that of a superclass first. */
  @Setup(Level.Trial)
  public void open() {
    device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(threads));
    queue = device.openQueue();
    scope = new BufferScope(device, "jmh");
    String[] sizes = shape.split("x", -1);
    makeMatrices(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
  }

  abstract void makeMatrices(int n, int units);

  /** Gives everything back. */
  @TearDown(Level.Trial)
  public void close() {
    CloseAll.inReverse(List.of(device, queue, scope));
  }

  Matrix matrix(String name, int rows, int columns) {
    Matrix matrix = scope.reals(name, rows, columns);
    double[] numbers = new double[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextDouble(-1, 1);
    }
    queue.upload(numbers, 0, matrix);
    return matrix;
  }
}
