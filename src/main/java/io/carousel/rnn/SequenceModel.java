package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Queue;
import io.carousel.device.Transposition;
import io.carousel.nn.ActivationLayer;
import io.carousel.nn.Dropout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Initializer;
import io.carousel.nn.Layer;
import io.carousel.nn.Linear;
import io.carousel.nn.ParameterSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model of sequences: embedding (for ids), recurrent stack, and a head of row-wise layers that
 * sees every step or the last state. Owns its parameters and a queue; used by one thread at a time.
 *
 * <p>An LSTM with a head of one output at every step:
 *
 * <pre>{@code
 * try (var device = Devices.open("auto");
 *     var model = SequenceModel.around(lstm).head(1).build(device, 1)) {
 *   ...
 * }
 * }</pre>
 */
public final class SequenceModel implements AutoCloseable {
  private final SequenceModelSpec spec;
  private final PlanChoice plan;
  private final String prefix;
  private final Queue queue;
  private final ParameterSet parameters;
  private final MatrixPool pool;
  private final @Nullable Embedding embedding;
  private final @Nullable Dropout inputDropout;
  private final RecurrentLayer recurrent;
  private final List<Layer> head = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();

  /**
   * Builds a model with PyTorch's initial values.
   *
   * @param spec what it is
   * @param device where it runs
   * @param seed of initial values and dropout
   */
  public SequenceModel(SequenceModelSpec spec, Device device, long seed) {
    this(spec, RecurrentLayer.builder(spec.recurrent()), Initialization.STANDARD, device, seed);
  }

  SequenceModel(
      SequenceModelSpec spec,
      RecurrentLayer.Builder<?, ?> recurrentBuilder,
      Initialization initial,
      Device device,
      long seed) {
    this(spec, recurrentBuilder, initial, device.openQueue(), null, seed, "");
  }

  /** Where the initial weights around the stack come from: PyTorch's, unless something is set. */
  record Initialization(@Nullable Initializer embedding, Linear.@Nullable Weights head) {
    static final Initialization STANDARD = new Initialization(null, null);
  }

  /**
   * A model among others, such as a member of an ensemble, that learn in one step.
   *
   * @param spec what it is
   * @param parameters of all of them; receives those of this one, and stays its owner's
   * @param queue that all of them use; stays its owner's
   * @param path leads the names of its parameters, and makes its initial values its own
   */
  public static SequenceModel member(
      SequenceModelSpec spec, ParameterSet parameters, Queue queue, String path) {
    return new SequenceModel(
        spec,
        RecurrentLayer.builder(spec.recurrent()),
        Initialization.STANDARD,
        queue,
        parameters,
        parameters.seed(),
        path + ".");
  }

  /**
   * A model that only infers: its weights are zeros until they are loaded, and have no gradients.
   *
   * @param spec what it is
   * @param plan which plan runs its stack
   * @param queue that it uses, and closes
   */
  public static SequenceModel forInference(SequenceModelSpec spec, PlanChoice plan, Queue queue) {
    ParameterSet parameters = ParameterSet.forInference(queue, "model");
    return withParameters(spec, plan, queue, parameters);
  }

  /**
   * Another model with the same parameters, so that a second thread can infer at the same time.
   * This one stays their owner, and must be closed last.
   *
   * @param onQueue that the replica uses, and closes; of the same device
   */
  public SequenceModel replica(Queue onQueue) {
    return withParameters(spec, plan, onQueue, parameters.lend());
  }

  private static SequenceModel withParameters(
      SequenceModelSpec spec, PlanChoice plan, Queue queue, ParameterSet parameters) {
    try {
      SequenceModel model =
          new SequenceModel(
              spec,
              RecurrentLayer.builder(spec.recurrent()).plan(plan),
              Initialization.STANDARD,
              queue,
              parameters,
              parameters.seed(),
              "");
      model.owned.add(0, parameters); // closed after all that uses them
      model.owned.add(0, queue);
      return model;
    } catch (RuntimeException e) {
      CloseAll.after(e, List.of(queue, parameters));
      throw e;
    }
  }

  private SequenceModel(
      SequenceModelSpec spec,
      RecurrentLayer.Builder<?, ?> recurrentBuilder,
      Initialization initial,
      Queue queue,
      @Nullable ParameterSet shared,
      long seed,
      String prefix) {
    this.spec = spec;
    plan = recurrentBuilder.plan;
    this.queue = queue;
    this.prefix = prefix;
    try {
      parameters = shared == null ? owned(new ParameterSet(owned(queue), seed, "model")) : shared;
      pool = owned(new MatrixPool(queue.device(), "model"));
      embedding = spec.vocabulary() == 0 ? null : newEmbedding(initial.embedding);
      inputDropout =
          spec.inputDropout() == 0
              ? null
              : new Dropout(
                  pool, prefix + "input", seed, spec.inputDropout(), spec.recurrent().inputSize());
      recurrent = owned(recurrentBuilder.build(parameters, prefix + "rnn"));
      int width = spec.headInputSize();
      if (spec.headDropout() > 0) {
        head.add(new Dropout(pool, prefix + "head", seed, spec.headDropout(), width));
      }
      head.add(newOutput(initial.head));
      if (!spec.outputActivation().equals(Activation.IDENTITY)) {
        head.add(new ActivationLayer(pool, spec.outputActivation(), spec.outputs()));
      }
    } catch (RuntimeException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  /** A table that is also the head's weight starts as that one would: small. */
  private Embedding newEmbedding(@Nullable Initializer given) {
    int features = spec.recurrent().inputSize();
    Initializer standard = spec.tied() ? Initializer.uniformFan(features) : Initializer.normal(1);
    return new Embedding(
        parameters,
        pool,
        prefix + "embedding",
        spec.vocabulary(),
        features,
        given == null ? standard : given,
        Embedding.NO_PADDING);
  }

  private Linear newOutput(Linear.@Nullable Weights given) {
    String path = prefix + "out";
    int width = spec.headInputSize();
    if (spec.tied() && embedding != null) {
      Initializer bias =
          given == null ? Initializer.uniformFan(width) : Initializer.values(given.bias());
      return Linear.tied(parameters, pool, path, embedding.weight(), bias);
    }
    return given == null
        ? new Linear(parameters, pool, path, width, spec.outputs())
        : new Linear(parameters, pool, path, given);
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  /**
   * Starts the description of a model around a stack, such as {@code Lstm.builder(1,
   * 64).layers(2)}.
   */
  public static SequenceModelBuilder around(RecurrentLayer.Builder<?, ?> recurrent) {
    return new SequenceModelBuilder(recurrent);
  }

  /** What the model is. */
  public SequenceModelSpec spec() {
    return spec;
  }

  /**
   * All parameters, by path: {@code embedding.weight}, {@code rnn.weight_ih_l0}, …, {@code
   * out.bias}; a tied {@code out.weight} is another name of {@code embedding.weight}.
   */
  public ParameterSet parameters() {
    return parameters;
  }

  /** The recurrent stack. */
  public RecurrentLayer recurrent() {
    return recurrent;
  }

  /** The queue that the model's work goes to; the thread that built the model holds it. */
  public Queue queue() {
    return queue;
  }

  /** Lends the matrices of a step; losses of this model take theirs from it too. */
  public MatrixPool pool() {
    return pool;
  }

  /** A zero state of the stack for N sequences; the caller closes it. */
  public RecurrentState newState(int batchSize) {
    return new RecurrentState(queue.device(), recurrent.spec(), batchSize);
  }

  /**
   * Runs forward for training.
   *
   * @param batch N sequences
   * @param initial state that the stack starts from, null for zeros; not changed
   * @param draw number of the pass for dropout
   */
  public SequencePass forward(SequenceBatch batch, @Nullable RecurrentState initial, int draw) {
    requireInput(batch);
    return new SequencePass(this, batch, initial, draw);
  }

  /**
   * Runs without dropout and keeps nothing.
   *
   * @param batch N sequences
   * @param state that the stack starts from and that is overwritten by what it ends with; null for
   *     zeros and for none
   * @return rows × outputs, row by row: padded steps [T, N, outputs] with zeros past the ends, or
   *     sequences [N, outputs]
   */
  public float[] predict(SequenceBatch batch, @Nullable RecurrentState state) {
    Matrix output = infer(batch, state);
    float[] values = new float[Math.toIntExact(output.size())];
    queue.download(output, values, 0);
    pool.release(output);
    return spec.readout().perStep() ? Packing.pad(batch.shape(), spec.outputs(), values) : values;
  }

  /** The same for sequences that start from zeros. */
  public float[] predict(SequenceBatch batch) {
    return predict(batch, null);
  }

  /**
   * Runs without dropout and keeps nothing.
   *
   * @return [Σ n_t, outputs] packed, or [N, outputs], on the device; the caller releases it to
   *     {@link #pool}
   */
  public Matrix infer(SequenceBatch batch, @Nullable RecurrentState state) {
    requireInput(batch);
    PackedShape shape = batch.shape();
    try (Leases leases = new Leases(pool)) {
      Matrix input = leases.lease(shape.rows(), recurrent.spec().inputSize());
      uploadInput(batch, input);
      Matrix steps = leases.lease(shape.rows(), recurrent.spec().outputSize());
      int states = recurrent.spec().runs() * shape.batchSize();
      boolean cell = recurrent.spec().cell().hasCellState();
      Matrix hN = leases.lease(states, recurrent.spec().stateSize());
      Matrix cN = cell ? leases.lease(states, recurrent.spec().hiddenSize()) : null;
      Matrix h0 = state == null ? null : state.h();
      Matrix c0 = state == null ? null : state.c();
      recurrent.infer(queue, shape, input, h0, c0, steps, hN, cN);
      if (state != null) {
        state.set(queue, hN, cN);
      }
      Matrix rows = steps;
      if (!spec.readout().perStep()) {
        rows = leases.lease(shape.batchSize(), spec.headInputSize());
        readLast(lastOf(hN, cN), rows, shape.batchSize());
      }
      return inferHead(rows);
    } catch (DeviceOutOfMemoryException e) {
      pool.trim(); // so that a smaller batch works
      throw e;
    }
  }

  private Matrix inferHead(Matrix rows) {
    try (Leases scratch = new Leases(pool)) {
      Matrix current = rows;
      for (int i = 0; i < head.size() - 1; i++) {
        Matrix next = scratch.lease(rows.rows(), head.get(i).outputSize());
        head.get(i).infer(queue, current, next);
        current = next;
      }
      Matrix output = pool.lease(rows.rows(), spec.outputs());
      head.get(head.size() - 1).infer(queue, current, output);
      return output;
    }
  }

  /** input ← the packed rows of the batch: its features, or the vectors of its ids. */
  void uploadInput(SequenceBatch batch, Matrix input) {
    if (embedding == null) {
      queue.upload(Packing.pack(batch.shape(), batch.featureCount(), batch.features()), 0, input);
    } else {
      embedding.infer(queue, Packing.pack(batch.shape(), batch.ids()), input);
    }
  }

  /** Gives back what is kept for further batches of the sizes seen. */
  public void trim() {
    recurrent.trim();
    pool.trim();
  }

  /** The final states that the head reads: h, or c. */
  Matrix lastOf(Matrix hN, @Nullable Matrix cN) {
    return spec.readout() == Readout.LAST_CELL ? Objects.requireNonNull(cN) : hN;
  }

  /** rows [N, D·R or D·H] ← the last layer's states, directions side by side. */
  void readLast(Matrix states, Matrix rows, int batchSize) {
    copyLast(states, rows, batchSize, true);
  }

  /** The other way round, for gradients: all other states are left as they are. */
  void writeLast(Matrix states, Matrix rows, int batchSize) {
    copyLast(states, rows, batchSize, false);
  }

  private void copyLast(Matrix states, Matrix rows, int batchSize, boolean read) {
    int size = spec.readSize();
    int firstRun = recurrent.spec().runs() - recurrent.spec().directions();
    for (int d = 0; d < recurrent.spec().directions(); d++) {
      Matrix state = states.rows((firstRun + d) * batchSize, batchSize);
      Matrix columns = rows.columns(d * size, size);
      queue.copy(read ? state : columns, read ? columns : state);
    }
  }

  List<Layer> head() {
    return head;
  }

  @Nullable Embedding embedding() {
    return embedding;
  }

  @Nullable Dropout inputDropout() {
    return inputDropout;
  }

  private void requireInput(SequenceBatch batch) {
    int expected = embedding == null ? recurrent.spec().inputSize() : 0;
    int got = batch.featureCount();
    if (got == expected) {
      return;
    }
    long steps = batch.shape().steps();
    long sequences = batch.shape().batchSize();
    if (embedding != null) {
      throw new IllegalArgumentException(
          "layer '%sembedding' expected ids [time, batch], got features [%d, %d, %d]"
              .formatted(prefix, steps, sequences, got));
    }
    String shape =
        got == 0
            ? "ids [%d, %d]".formatted(steps, sequences)
            : "[%d, %d, %d]".formatted(steps, sequences, got);
    long[] axes = {Transposition.ANY, Transposition.ANY, expected};
    String hint = got == 0 ? "" : Transposition.hint(axes, steps, sequences, got);
    throw new IllegalArgumentException(
        "layer '%srnn' expected [time, batch, %d], got %s%s"
            .formatted(prefix, expected, shape, hint));
  }

  /** Frees plans, parameters, pool and queue. */
  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
