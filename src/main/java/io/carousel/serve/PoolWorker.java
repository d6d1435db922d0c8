package io.carousel.serve;

import io.carousel.device.PackedShape;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.rnn.StreamInference;
import io.carousel.rnn.StreamState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A thread of a pool: takes batches, runs them, and answers. */
final class PoolWorker implements Runnable {
  /** A longer chunk lets others in between, which changes no bit; it also bounds the workspace. */
  private static final int STEPS_PER_TURN = 32;

  private final ServedModel model;
  private final SequenceModelSpec spec;
  private final PoolScheduler scheduler;
  private final Residency residency;
  private final PoolMetrics metrics;
  private float[] features = {};
  private int[] ids = {};
  private float[] outputs = {};
  private StreamState[] streams = {};
  private @Nullable PackedShape[] oneStep = {};

  PoolWorker(ServedModel model, PoolScheduler scheduler, Residency residency, PoolMetrics metrics) {
    this.model = model;
    this.scheduler = scheduler;
    this.residency = residency;
    this.metrics = metrics;
    spec = model.spec();
  }

  @Override
  public void run() {
    for (List<PooledSession> batch = scheduler.take(); batch != null; batch = scheduler.take()) {
      if (batch.get(0).current instanceof Job.Export export) {
        residency.export(batch.get(0), export);
      } else {
        try {
          runSteps(batch);
        } catch (Throwable failure) { // also one of the heap: the callers wait for an answer
          fail(batch, failure);
        }
      }
      for (PooledSession session : batch) {
        residency.putBack(session, true);
      }
      residency.evictSurplus();
    }
  }

  private void runSteps(List<PooledSession> batch) {
    List<Turn> turns = new ArrayList<>(batch.size());
    long oldest = Long.MAX_VALUE;
    long now = System.nanoTime();
    for (PooledSession session : batch) {
      if (session.current instanceof Job.Steps job) {
        oldest = Math.min(oldest, job.acceptedNanos);
        StreamState state = residency.stateOf(session);
        if (state != null) {
          turns.add(new Turn(session, job, state));
        }
      }
    }
    if (turns.isEmpty()) {
      return;
    }
    StepBatchEvent event = new StepBatchEvent();
    event.begin();
    runTurns(turns);
    event.sessions = turns.size();
    event.waitNanos = now - oldest;
    event.commit();
    metrics.batchSizes.record(turns.size());
    metrics.waitNanos.record(now - oldest);
    turns.forEach(this::answer);
  }

  private void fail(List<PooledSession> batch, Throwable failure) {
    for (PooledSession session : batch) {
      if (session.current != null) {
        residency.fail(session, failure);
      }
    }
  }

  /** What one session does in this batch. */
  private static final class Turn {
    final PooledSession session;
    final Job.Steps job;
    final StreamState state;
    int steps;

    Turn(PooledSession session, Job.Steps job, StreamState state) {
      this.session = session;
      this.job = job;
      this.state = state;
    }

    /** Chooses the steps; what takes several turns goes on in a copy, until all is done. */
    void plan(int most) {
      steps = Math.min(most, job.remaining());
      if (steps < job.remaining() && job.ahead == null) {
        job.ahead = state.copy();
      }
    }

    StreamState carried() {
      return job.ahead == null ? state : job.ahead;
    }
  }

  private void runTurns(List<Turn> turns) {
    Runner runner = model.runners().lend();
    try {
      StreamInference inference = runner.streams();
      int most = Math.min(STEPS_PER_TURN, inference.mostSteps());
      for (Turn turn : turns) {
        turn.plan(most);
      }
      turns.sort(Comparator.comparingInt(turn -> -turn.steps)); // stable
      PackedShape shape = shapeOf(turns);
      reserve(shape);
      for (int i = 0; i < turns.size(); i++) {
        streams[i] = turns.get(i).carried();
      }
      forEachRow(shape, turns, this::read);
      if (spec.vocabulary() > 0) {
        inference.run(shape, streams, ids, outputs);
      } else {
        inference.run(shape, streams, features, outputs);
      }
      forEachRow(
          shape,
          turns,
          (turn, step, row) -> turn.job.writeOutputs(step, outputs, row, spec.outputs()));
    } finally {
      model.runners().giveBack(runner);
    }
  }

  private interface Row {
    void visit(Turn turn, int step, int row);
  }

  private static void forEachRow(PackedShape shape, List<Turn> turns, Row visitor) {
    for (int t = 0; t < shape.steps(); t++) {
      for (int i = 0; i < shape.stepRows(t); i++) {
        visitor.visit(turns.get(i), t, shape.stepOffset(t) + i);
      }
    }
  }

  private void read(Turn turn, int step, int row) {
    if (spec.vocabulary() > 0) {
      ids[row] = turn.job.id(step);
    } else {
      turn.job.readFeatures(step, features, row, spec.recurrent().inputSize());
    }
  }

  private PackedShape shapeOf(List<Turn> turns) {
    int n = turns.size();
    if (turns.get(0).steps > 1) {
      return PackedShape.of(turns.stream().mapToInt(turn -> turn.steps).toArray());
    }
    if (oneStep.length <= n) {
      oneStep = Arrays.copyOf(oneStep, n + 1);
    }
    PackedShape known = oneStep[n];
    if (known == null) {
      known = PackedShape.dense(1, n);
      oneStep[n] = known;
    }
    return known;
  }

  private void reserve(PackedShape shape) {
    int rows = shape.rows();
    if (streams.length < shape.batchSize()) {
      streams = new StreamState[shape.batchSize()];
    }
    if (spec.vocabulary() > 0 && ids.length < rows) {
      ids = new int[rows];
    }
    int inputs = spec.vocabulary() > 0 ? 0 : spec.recurrent().inputSize();
    if (features.length < rows * inputs) {
      features = new float[rows * inputs];
    }
    if (outputs.length < rows * spec.outputs()) {
      outputs = new float[rows * spec.outputs()];
    }
  }

  private void answer(Turn turn) {
    turn.job.advance(turn.steps);
    scheduler.stepsLeft(turn.steps);
    metrics.steps.add(turn.steps);
    if (turn.job.remaining() == 0) {
      turn.session.current = null;
      turn.session.state = turn.carried();
      turn.session.steps.addAndGet(turn.job.count());
      metrics.latencyNanos.record(System.nanoTime() - turn.job.acceptedNanos);
      turn.job.complete();
    }
  }
}
