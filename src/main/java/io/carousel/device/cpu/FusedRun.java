package io.carousel.device.cpu;

import io.carousel.device.PackedShape;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.cpu.RunDescriptor.Size;
import io.carousel.device.cpu.RunDescriptor.Word;

/**
 * One layer and direction of a pass on the device's threads: the calls of the kernels, as its work
 * is cut. Calls allocate nothing: the tasks are made once and read the fields of this object.
 */
final class FusedRun {
  private final WorkerPool pool;
  private final int index;
  private final PackedShape shape;
  private final RunDescriptor words;
  private final boolean reverse;
  private final WorkCut forward;
  private final WorkCut backward;
  private final long forwardPanels;
  private final long backwardPanels;
  private final long gradientTiles;
  private final int inputParts;
  private final int gradientParts;
  private int place; // of the fork under way

  private final WorkerPool.Task forwardRows = this::forwardRows;
  private final WorkerPool.Task forwardColumns = this::forwardColumns;
  private final WorkerPool.Task backwardRows = this::backwardRows;
  private final WorkerPool.Task backwardColumns = this::backwardColumns;
  private final WorkerPool.Task backwardEnds = this::backwardEnds;
  private final WorkerPool.Task inputGradients = this::inputGradients;
  private final WorkerPool.Task weightGradients = this::weightGradients;

  /**
   * Cuts the work of a run.
   *
   * @param index k·D + d
   * @param words say what runs and on which batch; operands may follow
   */
  FusedRun(FusedContext context, int index, PackedShape shape, RunDescriptor words) {
    RecurrentSpec spec = context.spec();
    pool = context.workers();
    this.index = index;
    this.shape = shape;
    this.words = words;
    reverse = index % spec.directions() == 1;
    forwardPanels = words.size(Size.FORWARD_PANELS);
    backwardPanels = words.size(Size.BACKWARD_PANELS);
    gradientTiles = words.size(Size.GRADIENT_TILES);
    long ofInputs = (long) spec.gateRows() * spec.layerInputSize(index / spec.directions());
    long ofStates = (long) spec.gateRows() * spec.hiddenSize();
    int threads = pool.threads();
    forward = new WorkCut(shape, threads, forwardPanels, ofInputs + ofStates);
    backward = new WorkCut(shape, threads, backwardPanels, ofStates);
    int rows = shape.rows();
    inputParts = WorkCut.parts(threads, rows, WorkCut.nanosOfProducts(rows * ofInputs));
    gradientParts =
        WorkCut.parts(
            threads, gradientTiles, WorkCut.nanosOfProducts(rows * (ofInputs + ofStates)));
  }

  /** k·D + d. */
  int index() {
    return index;
  }

  /** What the kernels are told. */
  RunDescriptor words() {
    return words;
  }

  /** Number of places: steps in the run's own order. */
  int places() {
    return shape.steps();
  }

  /** The time step at a place. */
  int timeOf(int ofPlace) {
    return reverse ? shape.steps() - 1 - ofPlace : ofPlace;
  }

  /** Rows of the step at a place. */
  int rowsOf(int ofPlace) {
    return shape.stepRows(timeOf(ofPlace));
  }

  /** The whole forward pass. */
  void forward() {
    if (!forward.isByColumns()) {
      pool.run(forward.rowParts(), forwardRows);
      return;
    }
    start();
    for (int next = 0; next < places(); next++) {
      forward(next);
    }
  }

  /** Puts initial states in their place, before the first {@link #forward(int)}. */
  void start() {
    RecurrentKernels.start(words.address(), 0, shape.batchSize());
  }

  /** One place of the forward pass. */
  void forward(int ofPlace) {
    place = ofPlace;
    pool.run(forward.columnParts(rowsOf(ofPlace)), forwardColumns);
  }

  private void forwardRows(int part) {
    long first = forward.firstRow(part);
    long end = forward.firstRow(part + 1);
    RecurrentKernels.start(words.address(), first, end);
    RecurrentKernels.forward(words.address(), 0, places(), first, end, 0, forwardPanels);
  }

  private void forwardColumns(int part) {
    int parts = forward.columnParts(rowsOf(place));
    long first = forwardPanels * part / parts;
    long end = forwardPanels * (part + 1) / parts;
    RecurrentKernels.forward(words.address(), place, place + 1, 0, shape.batchSize(), first, end);
  }

  /** Copies what a trace wants to see of a place that has just run forward. */
  void trace(int ofPlace) {
    RecurrentKernels.trace(words.address(), ofPlace);
  }

  /** The whole backward pass with the gradient of the inputs, where it is wanted. */
  void backward() {
    if (!backward.isByColumns()) {
      words.set(Word.D_X_BY_ROWS, 1);
      pool.run(backward.rowParts(), backwardRows);
      return;
    }
    backwardStart();
    for (int next = places() - 1; next >= 0; next--) {
      backward(next);
    }
    backwardEnd();
    inputGradient();
  }

  /** Puts gradients of final states in their place, before the first {@link #backward(int)}. */
  void backwardStart() {
    words.set(Word.D_X_BY_ROWS, 0);
    RecurrentKernels.backwardStart(words.address(), 0, shape.batchSize());
  }

  /** One place of the backward pass; the last place comes first. */
  void backward(int ofPlace) {
    place = ofPlace;
    pool.run(backward.columnParts(rowsOf(ofPlace)), backwardColumns);
  }

  /** Gradients of initial states, after the last {@link #backward(int)}. */
  void backwardEnd() {
    pool.run(backward.rowParts(), backwardEnds);
  }

  private void backwardRows(int part) {
    long first = backward.firstRow(part);
    long end = backward.firstRow(part + 1);
    RecurrentKernels.backwardStart(words.address(), first, end);
    RecurrentKernels.backward(words.address(), 0, places(), first, end, 0, backwardPanels);
    RecurrentKernels.backwardEnd(words.address(), first, end);
  }

  private void backwardColumns(int part) {
    int parts = backward.columnParts(rowsOf(place));
    long first = backwardPanels * part / parts;
    long end = backwardPanels * (part + 1) / parts;
    RecurrentKernels.backward(words.address(), place, place + 1, 0, shape.batchSize(), first, end);
  }

  private void backwardEnds(int part) {
    RecurrentKernels.backwardEnd(
        words.address(), backward.firstRow(part), backward.firstRow(part + 1));
  }

  /** Gradient of the inputs, after the last {@link #backward(int)}. */
  void inputGradient() {
    if (words.isSet(Word.D_X)) {
      pool.run(inputParts, inputGradients);
    }
  }

  private void inputGradients(int part) {
    long rows = shape.rows();
    RecurrentKernels.inputGradient(
        words.address(), rows * part / inputParts, rows * (part + 1) / inputParts);
  }

  /** Gradients of the weights, after backward. */
  void weightGradients() {
    pool.run(gradientParts, weightGradients);
  }

  private void weightGradients(int part) {
    RecurrentKernels.weightGradients(
        words.address(),
        gradientTiles * part / gradientParts,
        gradientTiles * (part + 1) / gradientParts);
  }
}
