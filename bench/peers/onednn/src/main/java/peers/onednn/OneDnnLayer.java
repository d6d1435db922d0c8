package peers.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import peers.Data;
import peers.Workload;

/**
 * One layer with its weights. In training these are kept in the layout of their gradients, updated
 * there, and reordered in each step into what forward and backward want; in inference they are
 * reordered once.
 */
final class OneDnnLayer {
  /**
   * Whether zero h0 and c0 are given to training, as PyTorch does, rather than left out: without
   * them oneDNN 3.13's gradient of weight_hh differs from PyTorch's by a quarter.
   */
  private static final boolean EXPLICIT_STATE = !"false".equals(System.getProperty("peers.state"));

  final memory output;
  memory dInput;
  memory dWeightsLayer;
  memory dWeightsIter;
  memory dBias;

  private final Tensors tensors;
  private final Workload w;
  private final int layer;
  private final boolean lstm;
  private final RnnPrimitives primitives;
  private final memory input;
  private final memory bias;
  private memory weightsLayer;
  private memory weightsIter;
  private memory h0;
  private memory c0;
  private memory hN;
  private memory cN;
  private memory workspace;
  private final List<Operation> prepareWeights = new ArrayList<>();
  private final Operation forward;
  private final Operation forwardBack; // from hN, cN to h0, c0: the next step of a stream
  private Operation backward;
  private final List<Operation> update = new ArrayList<>();
  private boolean odd;

  OneDnnLayer(Tensors tensors, Data data, int layer, memory input) {
    this.tensors = tensors;
    this.layer = layer;
    this.input = input;
    w = data.w;
    lstm = w.cell().equals("lstm");
    boolean explicitState = w.stream() || w.train() && EXPLICIT_STATE;
    primitives = new RnnPrimitives(tensors.engine, w, layer, explicitState);
    output = tensors.zeros(primitives.output);
    bias = tensors.of(primitives.bias, bias(data));
    weightsLayer = weights(data.wih[layer], w.in(layer));
    weightsIter = weights(data.whh[layer], w.H());
    if (explicitState) {
      h0 = tensors.zeros(primitives.state);
      hN = tensors.zeros(primitives.state);
      c0 = lstm ? tensors.zeros(primitives.state) : null;
      cN = lstm ? tensors.zeros(primitives.state) : null;
    }
    if (w.train()) {
      workspace = tensors.zeros(primitives.workspace);
      weightsLayer = tensors.reordered(weightsLayer, RnnPrimitives.gradientLayout(w.in(layer), w));
      weightsIter = tensors.reordered(weightsIter, RnnPrimitives.gradientLayout(w.H(), w));
    }
    memory forwardLayer = prepared(weightsLayer, primitives.forwardWeightsLayer);
    memory forwardIter = prepared(weightsIter, primitives.forwardWeightsIter);
    forward = forward(forwardLayer, forwardIter, h0, c0, hN, cN);
    forwardBack = forward(forwardLayer, forwardIter, hN, cN, h0, c0);
  }

  /** oneDNN's order of gates: i, f, c, o, as PyTorch's; update (z), reset (r), candidate (n). */
  private float[] ordered(float[] rows, int columns) {
    return lstm ? rows : Data.permuteGates(rows, w.H(), columns, 1, 0, 2);
  }

  private memory weights(float[] rows, int inputs) {
    memory.desc pytorch =
        Tensors.layout(format_tag.ldgoi, Tensors.weights(inputs, w.gates(), w.H()));
    return tensors.of(pytorch, ordered(rows, inputs));
  }

  private float[] bias(Data data) {
    float[] ih = ordered(data.bih[layer], 1);
    float[] hh = ordered(data.bhh[layer], 1);
    if (lstm) {
      return Data.add(ih, hh);
    }
    int units = w.H();
    float[] packed = new float[RnnPrimitives.BIASES * units];
    for (int i = 0; i < 2 * units; i++) {
      packed[i] = ih[i] + hh[i];
    }
    System.arraycopy(ih, 2 * units, packed, 2 * units, units);
    System.arraycopy(hh, 2 * units, packed, 3 * units, units);
    return packed;
  }

  /** The weights in another layout, renewed in each step of training. */
  private memory prepared(memory weights, memory.desc layout) {
    if (weights.get_desc().equals(layout)) {
      return weights;
    }
    memory prepared = tensors.reordered(weights, layout);
    if (w.train()) {
      prepareWeights.add(Operation.reorder(weights, prepared));
    }
    return prepared;
  }

  private Operation forward(
      memory layerWeights, memory iterWeights, memory h, memory c, memory nextH, memory nextC) {
    return Operation.of(
        primitives.forward,
        DNNL_ARG_SRC_LAYER,
        input,
        DNNL_ARG_SRC_ITER,
        h,
        DNNL_ARG_SRC_ITER_C,
        c,
        DNNL_ARG_WEIGHTS_LAYER,
        layerWeights,
        DNNL_ARG_WEIGHTS_ITER,
        iterWeights,
        DNNL_ARG_BIAS,
        bias,
        DNNL_ARG_DST_LAYER,
        output,
        DNNL_ARG_DST_ITER,
        nextH,
        DNNL_ARG_DST_ITER_C,
        nextC,
        DNNL_ARG_WORKSPACE,
        workspace);
  }

  /** Makes what training needs. */
  void prepareTraining(memory dOutput) {
    dInput = tensors.zeros(primitives.source);
    dWeightsLayer = tensors.zeros(primitives.diffWeightsLayer);
    dWeightsIter = tensors.zeros(primitives.diffWeightsIter);
    dBias = tensors.zeros(primitives.bias);
    backward =
        Operation.of(
            primitives.backwardPrimitive,
            DNNL_ARG_SRC_LAYER,
            input,
            DNNL_ARG_SRC_ITER,
            h0,
            DNNL_ARG_SRC_ITER_C,
            c0,
            DNNL_ARG_WEIGHTS_LAYER,
            prepared(weightsLayer, primitives.backwardWeightsLayer),
            DNNL_ARG_WEIGHTS_ITER,
            prepared(weightsIter, primitives.backwardWeightsIter),
            DNNL_ARG_BIAS,
            bias,
            DNNL_ARG_DST_LAYER,
            output,
            DNNL_ARG_DST_ITER,
            hN,
            DNNL_ARG_DST_ITER_C,
            cN,
            DNNL_ARG_WORKSPACE,
            workspace,
            DNNL_ARG_DIFF_DST_LAYER,
            dOutput,
            DNNL_ARG_DIFF_DST_ITER,
            like(hN),
            DNNL_ARG_DIFF_DST_ITER_C,
            like(cN),
            DNNL_ARG_DIFF_SRC_LAYER,
            dInput,
            DNNL_ARG_DIFF_SRC_ITER,
            like(h0),
            DNNL_ARG_DIFF_SRC_ITER_C,
            like(c0),
            DNNL_ARG_DIFF_WEIGHTS_LAYER,
            dWeightsLayer,
            DNNL_ARG_DIFF_WEIGHTS_ITER,
            dWeightsIter,
            DNNL_ARG_DIFF_BIAS,
            dBias);
    addUpdate(weightsLayer, dWeightsLayer);
    addUpdate(weightsIter, dWeightsIter);
    addUpdate(bias, dBias);
  }

  private memory like(memory state) {
    return state == null ? null : tensors.zeros(state.get_desc());
  }

  private void addUpdate(memory weights, memory gradient) {
    update.add(Operation.sum(tensors.engine, weights, weights, 1, gradient, -Workload.LR));
  }

  void forward() {
    prepareWeights.forEach(o -> o.execute(tensors.stream));
    forward.execute(tensors.stream);
  }

  /** One step of a stream: the state goes to and fro between two places. */
  void streamForward() {
    (odd ? forwardBack : forward).execute(tensors.stream);
    odd = !odd;
  }

  void backward() {
    // oneDNN adds to weight gradients
    Tensors.clear(dWeightsLayer);
    Tensors.clear(dWeightsIter);
    Tensors.clear(dBias);
    backward.execute(tensors.stream);
  }

  void update() {
    update.forEach(o -> o.execute(tensors.stream));
  }

  /** A weight gradient of an LSTM in PyTorch's layout. */
  float[] gradient(memory gradient, int inputs) {
    memory.desc pytorch =
        Tensors.layout(format_tag.ldgoi, Tensors.weights(inputs, w.gates(), w.H()));
    return Tensors.read(tensors.reordered(gradient, pytorch));
  }
}
