package peers.onednn;

import static org.bytedeco.dnnl.global.dnnl.prop_kind.backward;
import static org.bytedeco.dnnl.global.dnnl.prop_kind.forward_inference;
import static org.bytedeco.dnnl.global.dnnl.prop_kind.forward_training;
import static org.bytedeco.dnnl.global.dnnl.rnn_direction.unidirectional_left2right;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.lbr_gru_backward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import peers.Workload;

/**
 * The primitives of one layer: LSTM, or lbr_gru ("linear before reset"), which is PyTorch's GRU.
 * The layouts of weights are the primitives' own choice.
 */
final class RnnPrimitives {
  /** Biases in oneDNN: those of lbr_gru are update, reset, candidate, candidate of the state. */
  static final int BIASES = 4;

  final memory.desc source;
  final memory.desc output;

  /** Of h and c; without sizes where zeros are left out. */
  final memory.desc state;

  final memory.desc bias;
  final primitive forward;
  final memory.desc forwardWeightsLayer;
  final memory.desc forwardWeightsIter;

  // in training
  memory.desc workspace;
  primitive backwardPrimitive;
  memory.desc backwardWeightsLayer;
  memory.desc backwardWeightsIter;
  memory.desc diffWeightsLayer;
  memory.desc diffWeightsIter;

  private final memory.desc anyWeightsLayer;
  private final memory.desc anyWeightsIter;

  /**
   * Makes them.
   *
   * @param explicitState whether h0 and c0 are given, even where they are zeros
   */
  RnnPrimitives(engine engine, Workload w, int layer, boolean explicitState) {
    int inputs = w.in(layer);
    source = Tensors.layout(format_tag.tnc, w.T(), w.B(), inputs);
    output = Tensors.layout(format_tag.tnc, w.T(), w.B(), w.H());
    state = explicitState ? Tensors.layout(format_tag.ldnc, 1, 1, w.B(), w.H()) : new memory.desc();
    bias = Tensors.layout(format_tag.ldgo, 1, 1, BIASES, w.H());
    anyWeightsLayer = Tensors.any(Tensors.weights(inputs, w.gates(), w.H()));
    anyWeightsIter = Tensors.any(Tensors.weights(w.H(), w.gates(), w.H()));
    prop_kind kind = w.train() ? forward_training : forward_inference;
    if (w.cell().equals("lstm")) {
      lstm_forward.primitive_desc description = lstmForward(engine, kind);
      forward = new lstm_forward(description);
      forwardWeightsLayer = description.weights_layer_desc();
      forwardWeightsIter = description.weights_iter_desc();
      if (w.train()) {
        workspace = description.workspace_desc();
        lstmBackward(engine, w, inputs, description);
      }
    } else {
      lbr_gru_forward.primitive_desc description = gruForward(engine, kind);
      forward = new lbr_gru_forward(description);
      forwardWeightsLayer = description.weights_layer_desc();
      forwardWeightsIter = description.weights_iter_desc();
      if (w.train()) {
        workspace = description.workspace_desc();
        gruBackward(engine, w, inputs, description);
      }
    }
  }

  private lstm_forward.primitive_desc lstmForward(engine engine, prop_kind kind) {
    return new lstm_forward.primitive_desc(
        engine,
        kind,
        unidirectional_left2right,
        source,
        state,
        state,
        anyWeightsLayer,
        anyWeightsIter,
        bias,
        output,
        state,
        state);
  }

  private lbr_gru_forward.primitive_desc gruForward(engine engine, prop_kind kind) {
    return new lbr_gru_forward.primitive_desc(
        engine,
        kind,
        unidirectional_left2right,
        source,
        state,
        anyWeightsLayer,
        anyWeightsIter,
        bias,
        output,
        state);
  }

  private void lstmBackward(
      engine engine, Workload w, int inputs, lstm_forward.primitive_desc hint) {
    lstm_backward.primitive_desc description =
        new lstm_backward.primitive_desc(
            engine,
            backward,
            unidirectional_left2right,
            source,
            state,
            state,
            anyWeightsLayer,
            anyWeightsIter,
            bias,
            output,
            state,
            state,
            source,
            state,
            state,
            gradientLayout(inputs, w),
            gradientLayout(w.H(), w),
            bias,
            output,
            state,
            state,
            hint);
    backwardPrimitive = new lstm_backward(description);
    backwardWeightsLayer = description.weights_layer_desc();
    backwardWeightsIter = description.weights_iter_desc();
    diffWeightsLayer = description.diff_weights_layer_desc();
    diffWeightsIter = description.diff_weights_iter_desc();
  }

  private void gruBackward(
      engine engine, Workload w, int inputs, lbr_gru_forward.primitive_desc hint) {
    lbr_gru_backward.primitive_desc description =
        new lbr_gru_backward.primitive_desc(
            engine,
            backward,
            unidirectional_left2right,
            source,
            state,
            anyWeightsLayer,
            anyWeightsIter,
            bias,
            output,
            state,
            source,
            state,
            gradientLayout(inputs, w),
            gradientLayout(w.H(), w),
            bias,
            output,
            state,
            hint);
    backwardPrimitive = new lbr_gru_backward(description);
    backwardWeightsLayer = description.weights_layer_desc();
    backwardWeightsIter = description.weights_iter_desc();
    diffWeightsLayer = description.diff_weights_layer_desc();
    diffWeightsIter = description.diff_weights_iter_desc();
  }

  /** The layout in which oneDNN gives weight gradients. */
  static memory.desc gradientLayout(int inputs, Workload w) {
    return Tensors.layout(format_tag.ldigo, Tensors.weights(inputs, w.gates(), w.H()));
  }
}
