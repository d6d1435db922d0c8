package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a plan is given, alike for every plan, so that messages name axes and not row counts
 * of some product. Allocates nothing where all is well.
 */
public final class PlanOperands {
  private final RecurrentSpec spec;

  /** Checks for the plans of a stack. */
  public PlanOperands(RecurrentSpec spec) {
    this.spec = spec;
  }

  /** What {@link RecurrentPlan#forwardTraining} and {@link RecurrentPlan#infer} read. */
  public void forward(
      PackedShape shape,
      List<LayerWeights> weights,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    weights(weights);
    require("input [Σ n_t, I]", input, shape.rows(), spec.inputSize());
    states("h0 [L·D·N, R]", shape, h0, spec.stateSize());
    cellStates("c0 [L·D·N, H]", shape, c0);
  }

  /** What {@link RecurrentPlan#infer} writes. */
  public void outputs(PackedShape shape, Matrix output, Matrix hN, @Nullable Matrix cN) {
    require("output [Σ n_t, D·R]", output, shape.rows(), spec.outputSize());
    states("hN [L·D·N, R]", shape, hN, spec.stateSize());
    if (cN == null && spec.cell().hasCellState()) {
      throw new IllegalArgumentException("an LSTM needs a place for cN");
    }
    cellStates("cN [L·D·N, H]", shape, cN);
  }

  /** The operands of {@link RecurrentPlan.Pass#backward}. */
  public void backward(PackedShape shape, PassGradients gradients) {
    weights(gradients.weights());
    require("dOutput [Σ n_t, D·R]", gradients.dOutput(), shape.rows(), spec.outputSize());
    require("dInput [Σ n_t, I]", gradients.dInput(), shape.rows(), spec.inputSize());
    states("dHn [L·D·N, R]", shape, gradients.dHn(), spec.stateSize());
    states("dH0 [L·D·N, R]", shape, gradients.dH0(), spec.stateSize());
    cellStates("dCn [L·D·N, H]", shape, gradients.dCn());
    cellStates("dC0 [L·D·N, H]", shape, gradients.dC0());
  }

  private void weights(List<LayerWeights> weights) {
    if (weights.size() != spec.runs()) {
      throw new IllegalArgumentException(
          "expected weights of %d layers and directions, got %d"
              .formatted(spec.runs(), weights.size()));
    }
    int units = spec.hiddenSize();
    for (int run = 0; run < weights.size(); run++) {
      LayerWeights w = weights.get(run);
      int in = spec.layerInputSize(run / spec.directions());
      weight("weight_ih", run, w.weightIh(), true, spec.gateRows(), in);
      weight("weight_hh", run, w.weightHh(), true, spec.gateRows(), spec.stateSize());
      weight("bias_ih", run, w.biasIh(), spec.bias(), 1, spec.gateRows());
      weight("bias_hh", run, w.biasHh(), spec.bias(), 1, spec.gateRows());
      weight("weight_hr", run, w.weightHr(), spec.projSize() > 0, spec.stateSize(), units);
      weight("peephole", run, w.peephole(), spec.peephole(), 3, units);
    }
  }

  private void weight(
      String name, int run, @Nullable Matrix matrix, boolean wanted, int rows, int columns) {
    if ((matrix != null) != wanted) {
      throw new IllegalArgumentException(
          name + suffix(run) + (wanted ? " is missing" : " was given, but the stack has none"));
    }
    if (matrix != null && (matrix.rows() != rows || matrix.columns() != columns)) {
      matrix.require(name + suffix(run), rows, columns);
    }
  }

  private String suffix(int run) {
    return "_l" + run / spec.directions() + (run % spec.directions() == 1 ? "_reverse" : "");
  }

  private void states(String name, PackedShape shape, @Nullable Matrix states, int columns) {
    require(name, states, spec.runs() * shape.batchSize(), columns);
  }

  private void cellStates(String name, PackedShape shape, @Nullable Matrix states) {
    if (states != null && !spec.cell().hasCellState()) {
      throw new IllegalArgumentException(
          spec.cell() + " has no cell state, but " + name + " was given");
    }
    states(name, shape, states, spec.hiddenSize());
  }

  private static void require(String name, @Nullable Matrix matrix, int rows, int columns) {
    if (matrix != null) {
      matrix.require(name, rows, columns);
    }
  }
}
