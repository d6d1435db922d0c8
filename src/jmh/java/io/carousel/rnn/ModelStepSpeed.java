package io.carousel.rnn;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Activation;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.PackedShape;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A step of a streaming model, from the features of N sequences to the outputs of its head: 12
 * features, 128 units, one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ModelStepSpeed {
  private static final int FEATURES = 12;

  /** The first runs on the fused plan, the second on the stepwise one. */
  @Param({"lstm", "lstm with peepholes"})
  public String cell;

  /** N. */
  @Param({"1", "64"})
  public int batch;

  /** Outputs of the head. */
  @Param({"10", "1000"})
  public int outputs;

  /** How the queue multiplies. */
  @Param({"FASTEST", "ROW_INVARIANT"})
  public Products products;

  private Device device;
  private Queue queue;
  private ParameterSet parameters;
  private SequenceModel model;
  private RecurrentState state;
  private SequenceBatch input;

  /** Builds the model. */
  @Setup
  public void open() {
    device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(1));
    queue = device.openQueue(products);
    parameters = new ParameterSet(queue, 1, "jmh");
    RecurrentSpec stack = RecurrentSpec.lstm(FEATURES, 128).withPeephole(!cell.equals("lstm"));
    SequenceModelSpec spec =
        new SequenceModelSpec(
            0, 0, stack, Readout.EVERY_STEP, 0, false, outputs, Activation.IDENTITY);
    model = SequenceModel.member(spec, parameters, queue, "model");
    state = model.newState(batch);
    float[] features = new float[batch * FEATURES];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) Math.sin(i);
    }
    input = SequenceBatch.ofFeatures(PackedShape.dense(1, batch), FEATURES, features);
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    CloseAll.inReverse(List.of(device, queue, parameters, model, state));
  }

  @Benchmark
  public float[] step() {
    return model.predict(input, state);
  }
}
