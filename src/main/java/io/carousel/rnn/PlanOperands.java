package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what a plan is given, so that messages name axes and not row counts of some product. */
final class PlanOperands {
  private final RecurrentSpec spec;
  private final PackedShape shape;

  PlanOperands(RecurrentSpec spec, PackedShape shape) {
    this.spec = spec;
    this.shape = shape;
  }

  void forward(List<LayerWeights> weights, Matrix input, @Nullable Matrix h0, @Nullable Matrix c0) {
    weights(weights);
    require("input [Σ n_t, I]", input, shape.rows(), spec.inputSize());
    states("h0 [L·D·N, R]", h0, spec.stateSize());
    cellStates("c0 [L·D·N, H]", c0);
  }

  void outputs(Matrix output, Matrix hN, @Nullable Matrix cN) {
    require("output [Σ n_t, D·R]", output, shape.rows(), spec.outputSize());
    states("hN [L·D·N, R]", hN, spec.stateSize());
    if (cN == null && spec.cell().hasCellState()) {
      throw new IllegalArgumentException("an LSTM needs a place for cN");
    }
    cellStates("cN [L·D·N, H]", cN);
  }

  void backward(PassGradients gradients) {
    weights(gradients.weights());
    require("dOutput [Σ n_t, D·R]", gradients.dOutput(), shape.rows(), spec.outputSize());
    require("dInput [Σ n_t, I]", gradients.dInput(), shape.rows(), spec.inputSize());
    states("dHn [L·D·N, R]", gradients.dHn(), spec.stateSize());
    states("dH0 [L·D·N, R]", gradients.dH0(), spec.stateSize());
    cellStates("dCn [L·D·N, H]", gradients.dCn());
    cellStates("dC0 [L·D·N, H]", gradients.dC0());
  }

  private void weights(List<LayerWeights> weights) {
    if (weights.size() != spec.runs()) {
      throw new IllegalArgumentException(
          "expected weights of %d layers and directions, got %d"
              .formatted(spec.runs(), weights.size()));
    }
    for (int run = 0; run < weights.size(); run++) {
      LayerWeights w = weights.get(run);
      int layer = run / spec.directions();
      String suffix = "_l" + layer + (run % spec.directions() == 1 ? "_reverse" : "");
      require("weight_ih" + suffix, w.weightIh(), spec.gateRows(), spec.layerInputSize(layer));
      require("weight_hh" + suffix, w.weightHh(), spec.gateRows(), spec.stateSize());
      given("bias_ih" + suffix, w.biasIh(), spec.bias(), 1, spec.gateRows());
      given("bias_hh" + suffix, w.biasHh(), spec.bias(), 1, spec.gateRows());
      given(
          "weight_hr" + suffix,
          w.weightHr(),
          spec.projSize() > 0,
          spec.stateSize(),
          spec.hiddenSize());
      given("peephole" + suffix, w.peephole(), spec.peephole(), 3, spec.hiddenSize());
    }
  }

  private void states(String name, @Nullable Matrix states, int columns) {
    require(name, states, spec.runs() * shape.batchSize(), columns);
  }

  private void cellStates(String name, @Nullable Matrix states) {
    if (states != null && !spec.cell().hasCellState()) {
      throw new IllegalArgumentException(
          spec.cell() + " has no cell state, but " + name + " was given");
    }
    states(name, states, spec.hiddenSize());
  }

  private static void given(
      String name, @Nullable Matrix matrix, boolean wanted, int rows, int columns) {
    if ((matrix != null) != wanted) {
      throw new IllegalArgumentException(
          name + (wanted ? " is missing" : " was given, but the stack has none"));
    }
    require(name, matrix, rows, columns);
  }

  private static void require(String name, @Nullable Matrix matrix, int rows, int columns) {
    if (matrix != null) {
      matrix.require(name, rows, columns);
    }
  }
}
