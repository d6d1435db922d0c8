package io.carousel.device.cpu;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cpu.RunDescriptor.Word;
import org.jspecify.annotations.Nullable;

/** Runs place by place and tells a trace of each. */
final class FusedTrace {
  private final Trace listener;
  private final Matrix gates;
  private final @Nullable Matrix cell;
  private final Matrix dh;

  /** Leases room for the longest step. */
  FusedTrace(Trace listener, RecurrentSpec spec, PackedShape shape, Leases leases) {
    this.listener = listener;
    int rows = shape.steps() == 0 ? 0 : shape.stepRows(0);
    gates = leases.lease(rows, spec.gateRows());
    cell = spec.cell().hasCellState() ? leases.lease(rows, spec.hiddenSize()) : null;
    dh = leases.lease(rows, spec.hiddenSize());
  }

  /** Tells a run where its copies go. */
  void describe(RunDescriptor words) {
    words.point(Word.TRACE_GATES, gates);
    words.point(Word.TRACE_CELL, cell);
    words.point(Word.TRACE_DH, dh);
  }

  /** The forward pass of a run. */
  void forward(FusedRun run) {
    run.start();
    for (int place = 0; place < run.places(); place++) {
      run.forward(place);
      run.trace(place);
      int rows = run.rowsOf(place);
      Matrix cells = cell == null ? null : cell.rows(0, rows);
      listener.forward(run.index(), run.timeOf(place), gates.rows(0, rows), cells);
    }
  }

  /** The backward pass of a run, as far as {@link FusedRun#backward()} takes it. */
  void backward(FusedRun run) {
    run.backwardStart();
    for (int place = run.places() - 1; place >= 0; place--) {
      run.backward(place);
      listener.backward(run.index(), run.timeOf(place), dh.rows(0, run.rowsOf(place)));
    }
    run.backwardEnd();
    run.inputGradient();
  }
}
