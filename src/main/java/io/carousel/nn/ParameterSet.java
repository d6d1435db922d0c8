package io.carousel.nn;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RandomStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All parameters of a model, in the order in which they were added, and the owner of their memory.
 * Initial values are drawn on the host, in double precision, from a stream of random numbers that
 * depends on the seed and the parameter's path alone: they are the same on every device (up to the
 * rounding of its real type) and whatever else the model holds.
 */
public final class ParameterSet implements Iterable<Parameter>, AutoCloseable {
  private static final Pattern PATH = Pattern.compile("\\w+(\\.\\w+)*");

  private final Queue queue;
  private final long seed;
  private final BufferScope scope;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private final Map<String, String> departures = new LinkedHashMap<>();
  private final boolean learns;
  private final @Nullable ParameterSet lender;

  /**
   * An empty set.
   *
   * @param queue carries the initial values to its device, while the model is built; later
   *     transfers name the queue of their own thread
   * @param seed of the initial values
   * @param owner leads the names of the buffers in leak and out-of-memory reports
   */
  public ParameterSet(Queue queue, long seed, String owner) {
    this(queue, seed, owner, true, null);
  }

  private ParameterSet(
      Queue queue, long seed, String owner, boolean learns, @Nullable ParameterSet lender) {
    this.queue = queue;
    this.seed = seed;
    this.learns = learns;
    this.lender = lender;
    scope = new BufferScope(queue.device(), owner);
  }

  /**
   * An empty set of parameters that are to be loaded and then only read: they start as zeros and
   * have no gradients.
   *
   * @param queue of the device
   * @param owner leads the names of the buffers in leak and out-of-memory reports
   */
  public static ParameterSet forInference(Queue queue, String owner) {
    return new ParameterSet(queue, 0, owner, false, null);
  }

  /**
   * An empty set for another model of the same kind, whose {@link #add} gives the parameters of
   * this one: one memory for both. This set stays the owner.
   */
  public ParameterSet lend() {
    return new ParameterSet(queue, seed, "lent", learns, this);
  }

  /**
   * Adds a parameter with initial values and a gradient of zeros.
   *
   * @param path dotted path of letters, digits and underscores, new to this set
   * @param shape [n], stored as [1, n], or [rows, columns]; all positive
   * @param initializer draws the values
   * @throws IllegalArgumentException when the path is malformed or taken, or the shape is none of
   *     these
   */
  public Parameter add(String path, int[] shape, Initializer initializer) {
    requireNew(path);
    requireShape(path, shape);
    Parameter parameter =
        lender == null ? make(path, shape, initializer) : lender.known(path, shape);
    parameters.put(path, parameter);
    return parameter;
  }

  private Parameter make(String path, int[] shape, Initializer initializer) {
    int rows = shape.length == 1 ? 1 : shape[0];
    int columns = shape[shape.length - 1];
    Matrix value = scope.reals(path, rows, columns);
    if (!learns) {
      return new Parameter(path, shape.clone(), value, null);
    }
    double[] values = initializer.draw(rows, columns, new RandomStream(seed, "init/" + path));
    Matrix gradient = scope.reals(path + ".gradient", rows, columns);
    queue.upload(values, 0, value);
    return new Parameter(path, shape.clone(), value, gradient);
  }

  private Parameter known(String path, int[] shape) {
    Parameter found = get(path);
    if (!Arrays.equals(found.shape(), shape)) {
      throw new IllegalArgumentException(
          "parameter %s was lent, %s was asked for".formatted(found, Arrays.toString(shape)));
    }
    return found;
  }

  /**
   * Draws all values anew, biases too, each parameter's from the stream that {@link #add} took:
   * recipes that give everything the same range.
   */
  public void initialize(Initializer initializer) {
    for (Parameter parameter : all()) {
      RandomStream random = new RandomStream(seed, "init/" + parameter.path());
      parameter.upload(queue, initializer.draw(parameter.rows(), parameter.columns(), random));
    }
  }

  /**
   * Gives a parameter of this set a second name (tied weights): one value, one update, one tensor
   * in files.
   *
   * @param alias dotted path, new to this set
   * @param parameter of this set
   */
  public void tie(String alias, Parameter parameter) {
    requireNew(alias);
    if (parameters.get(parameter.path()) != parameter) {
      throw new IllegalArgumentException(
          "alias '%s': parameter '%s' belongs to another set".formatted(alias, parameter.path()));
    }
    aliases.put(alias, parameter.path());
  }

  /**
   * The parameter of a path or an alias.
   *
   * @throws IllegalArgumentException when there is none, with the names that there are
   */
  public Parameter get(String name) {
    Parameter found = parameters.get(aliases.getOrDefault(name, name));
    if (found == null) {
      throw new IllegalArgumentException(
          "no parameter '%s'; there are %s".formatted(name, parameters.keySet()));
    }
    return found;
  }

  /** Whether {@link #get} finds that path or alias. */
  public boolean contains(String name) {
    return parameters.containsKey(name) || aliases.containsKey(name);
  }

  /** All parameters, each once, in the order in which they were added. */
  public Collection<Parameter> all() {
    return Collections.unmodifiableCollection(parameters.values());
  }

  /** The same as {@link #all}. */
  @Override
  public Iterator<Parameter> iterator() {
    return all().iterator();
  }

  /** The second names: alias to path. */
  public Map<String, String> aliases() {
    return Collections.unmodifiableMap(aliases);
  }

  /**
   * Tells that a module does with its parameters what PyTorch's, which has the same, does not.
   *
   * @param path of the module
   * @param what PyTorch's has not, such as {@code peepholes}
   */
  public void departs(String path, String what) {
    departures.put(path, what);
  }

  /** What modules have and PyTorch's have not, by the modules' paths. */
  public Map<String, String> departures() {
    return Collections.unmodifiableMap(departures);
  }

  /** Enqueues the zeroing of all gradients. */
  public void zeroGradients(Queue onQueue) {
    for (Parameter parameter : all()) {
      if (parameter.hasGradient()) {
        onQueue.fill(parameter.gradient(), 0);
      }
    }
  }

  /** Number of values of all parameters, tied ones counted once. */
  public long elementCount() {
    return all().stream().mapToLong(Parameter::size).sum();
  }

  /** Number of values of the parameters that learn. */
  public long trainableCount() {
    return all().stream().filter(Parameter::requiresGradient).mapToLong(Parameter::size).sum();
  }

  /** Bytes of all values and gradients on the device; lent ones are not counted. */
  public long bytes() {
    return scope.bytes();
  }

  /** The seed of the initial values. */
  public long seed() {
    return seed;
  }

  /** The device of all parameters. */
  public Device device() {
    return scope.device();
  }

  /** Frees all values and gradients, but lent ones. */
  @Override
  public void close() {
    scope.close();
  }

  private void requireNew(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no dotted path of letters, digits and underscores".formatted(path));
    }
    if (contains(path)) {
      throw new IllegalArgumentException("there is a parameter '%s' already".formatted(path));
    }
  }

  private static void requireShape(String path, int[] shape) {
    boolean known = shape.length == 1 || shape.length == 2;
    if (!known || Arrays.stream(shape).anyMatch(n -> n <= 0)) {
      throw new IllegalArgumentException(
          "parameter '%s': shape must be [n] or [rows, columns], all positive, got %s"
              .formatted(path, Arrays.toString(shape)));
    }
  }
}
