package peers.carousel;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.LossTargets;
import io.carousel.nn.MeanSquaredError;
import io.carousel.nn.ParameterSet;
import io.carousel.optim.Sgd;
import io.carousel.rnn.RecurrentLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import peers.Data;
import peers.Runner;
import peers.Workload;

/**
 * Carousel on its {@code cpu} device, through the public API that applications use; with {@code
 * -Dpeers.plan=stepwise} by its stepwise plan.
 */
public class CarouselRunner implements Runner {
  private static final String[] WEIGHTS = {"weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l"};

  private final PlanChoice plan;
  private Device device;
  private Queue queue;

  // of the workload that is set up
  private Workload w;
  private Data data;
  private BufferScope scope;
  private MatrixPool pool;
  private ParameterSet parameters;
  private RecurrentLayer layer;
  private PackedShape shape;
  private MeanSquaredError meanSquaredError;
  private LossTargets targets;
  private RaggedBatch ragged; // of a ragged batch
  private Sgd sgd;
  private Matrix x;
  private Matrix dX;
  private Matrix out;
  private Matrix dOut;
  private Matrix h;
  private Matrix c;
  private Matrix loss;
  private Matrix a;
  private final float[] lossValue = new float[1];
  private float[] outValues;

  /** Runs the plan that is asked for. */
  public CarouselRunner() {
    this(PlanChoice.parse(System.getProperty("peers.plan", "auto")));
  }

  CarouselRunner(PlanChoice plan) {
    this.plan = plan;
  }

  @Override
  public String version() {
    try (ParameterSet none = new ParameterSet(queue, 1, "version");
        RecurrentLayer probe =
            RecurrentLayer.builder(RecurrentSpec.lstm(1, 1)).plan(plan).build(none, "")) {
      return "Carousel, LSTM: " + kernel(probe) + "; " + device.description();
    }
  }

  /** The plan of the workload that is set up, and why it is not the device's own. */
  @Override
  public String kernel() {
    return w.gemm() ? "" : kernel(layer);
  }

  private static String kernel(RecurrentLayer layer) {
    String why = layer.whyNotFused();
    return layer.kernel() + (why == null ? "" : " (" + why + ")");
  }

  @Override
  public void threads(int n) {
    device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(n));
    queue = queueOf(device);
  }

  /** Where the work goes; {@link Profile} puts a clock in between. */
  Queue queueOf(Device device) {
    return device.openQueue();
  }

  /** Ends queue and device; workers leave that to the end of their process. */
  void close() {
    queue.close();
    device.close();
  }

  /** The device, to read its counters. */
  Device device() {
    return device;
  }

  @Override
  public String unsupported(Workload w) {
    return w.cell().matches("lstm|gru|-") ? null : "cell";
  }

  @Override
  public void setup(Data d) {
    data = d;
    w = d.w;
    scope = new BufferScope(device, "benchmark");
    if (w.gemm()) {
      a = matrix("a", w.T(), w.I(), d.y);
      x = matrix("b", w.I(), w.B(), d.x);
      out = scope.reals("c", w.T(), w.B());
      return;
    }
    buildLayer();
    shape = PackedShape.of(w.lengths());
    if (w.ragged()) {
      pool = new MatrixPool(device, "benchmark");
      ragged = new RaggedBatch(queue, pool, scope, d);
      x = ragged.x();
    } else {
      x = matrix("x", shape.rows(), w.I(), d.x);
    }
    if (w.train()) {
      setupTraining();
    } else {
      out = scope.reals("out", shape.rows(), w.H());
      h = scope.reals("h", w.layers() * w.B(), w.H());
      c = w.cell().equals("lstm") ? scope.reals("c", w.layers() * w.B(), w.H()) : null;
      outValues = new float[(int) out.size()];
    }
  }

  private Matrix matrix(String name, int rows, int columns, float[] values) {
    Matrix matrix = scope.reals(name, rows, columns);
    queue.upload(values, 0, matrix);
    return matrix;
  }

  private void buildLayer() {
    RecurrentSpec spec =
        w.cell().equals("gru") ? RecurrentSpec.gru(w.I(), w.H()) : RecurrentSpec.lstm(w.I(), w.H());
    parameters = new ParameterSet(queue, 1, "benchmark");
    layer = RecurrentLayer.builder(spec).layers(w.layers()).plan(plan).build(parameters, "");
    for (int l = 0; l < w.layers(); l++) {
      float[][] values = {data.wih[l], data.whh[l], data.bih[l], data.bhh[l]};
      for (int i = 0; i < WEIGHTS.length; i++) {
        parameters.get(WEIGHTS[i] + l).upload(queue, values[i]);
      }
    }
  }

  private void setupTraining() {
    if (!w.ragged()) {
      pool = new MatrixPool(device, "benchmark");
      meanSquaredError = new MeanSquaredError(pool, w.H());
      targets = meanSquaredError.upload(queue, data.y, null);
    }
    sgd = new Sgd(parameters, Workload.LR);
    dOut = scope.reals("dOut", shape.rows(), w.H());
    dX = scope.reals("dX", shape.rows(), w.I());
    loss = scope.reals("loss", 1, 1);
  }

  @Override
  public double step() {
    return switch (w.mode()) {
      case "gemm" -> product();
      case "train" -> {
        double value = gradients(null);
        sgd.step(queue);
        yield value;
      }
      case "stream" -> {
        queue.upload(data.x, 0, x);
        infer();
        queue.download(out, outValues, 0);
        yield outValues[0];
      }
      default -> {
        infer();
        yield 0;
      }
    };
  }

  private double product() {
    queue.gemm(false, false, 1, a, x, 0, out);
    queue.synchronize();
    return 0;
  }

  /** Forward, loss, backward; the output goes into the map where there is one. */
  private double gradients(Map<String, float[]> results) {
    parameters.zeroGradients(queue);
    queue.fill(loss, 0);
    if (w.ragged()) {
      shape = ragged.pack();
    }
    try (RecurrentLayer.Pass pass = layer.forward(queue, shape, x, null, null, 0)) {
      if (results != null) {
        results.put("out", download(pass.output()));
      }
      if (w.ragged()) {
        ragged.loss(pass.output(), dOut, loss);
      } else {
        meanSquaredError.apply(queue, pass.output(), targets, dOut, loss);
      }
      pass.backward(dOut, null, null, dX, null, null);
    }
    if (w.ragged()) {
      ragged.padInputGradient(dX);
    }
    queue.download(loss, lossValue, 0);
    return lossValue[0];
  }

  /** In streaming the state is carried: that of the end becomes that of the start. */
  private void infer() {
    Matrix h0 = w.stream() ? h : null;
    Matrix c0 = w.stream() ? c : null;
    layer.infer(queue, shape, x, h0, c0, out, h, c);
    queue.synchronize();
  }

  @Override
  public Map<String, float[]> inspect() {
    Map<String, float[]> results = new LinkedHashMap<>();
    if (w.train()) {
      results.put("loss", new float[] {(float) gradients(results)});
      results.put("grad.x", download(w.ragged() ? ragged.paddedInputGradient() : dX));
      results.put("grad.weight_ih_l0", download(parameters.get("weight_ih_l0").gradient()));
      results.put("grad.weight_hh_l0", download(parameters.get("weight_hh_l0").gradient()));
      results.put("grad.bias_l0", download(parameters.get("bias_ih_l0").gradient()));
      return results;
    }
    for (int i = 0; i < (w.stream() ? 5 : 1); i++) {
      step();
    }
    results.put("out", download(out));
    return results;
  }

  private float[] download(Matrix matrix) {
    float[] values = new float[(int) matrix.size()];
    queue.download(matrix, values, 0);
    return values;
  }

  @Override
  public void teardown() {
    if (w.train()) {
      sgd.close();
      if (!w.ragged()) {
        targets.close();
      }
      pool.close();
    }
    if (!w.gemm()) {
      layer.close();
      parameters.close();
    }
    scope.close();
  }
}
