package io.carousel.serve;

import io.carousel.rnn.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the states of taken sessions to the heap and back to the store. What cannot be written
 * stays on the heap; what cannot be read fails the step, and is tried again by the next.
 */
final class Residency {
  private static final Logger LOG = LoggerFactory.getLogger(Residency.class);

  private final ServedModel model;
  private final SessionStore store;
  private final PoolScheduler scheduler;
  private final PoolMetrics metrics;

  Residency(ServedModel model, SessionStore store, PoolScheduler scheduler, PoolMetrics metrics) {
    this.model = model;
    this.store = store;
    this.scheduler = scheduler;
    this.metrics = metrics;
  }

  /** The state of a session that the caller has taken; null when its job failed instead. */
  @Nullable StreamState stateOf(PooledSession session) {
    StreamState state = session.state;
    if (state != null) {
      return state;
    }
    try {
      state = session.stored ? model.restore(store.load(session.id)).state() : model.newState();
      session.state = state;
      scheduler.residentChanged(1);
      if (session.stored) {
        metrics.restored.increment();
        deleteStored(session);
      }
      return state;
    } catch (Throwable e) { // also want of heap: the caller waits for an answer
      fail(session, e);
      return null;
    }
  }

  /** Fails the job of a taken session. */
  void fail(PooledSession session, Throwable why) {
    Job job = session.current;
    session.current = null;
    if (job != null) {
      metrics.failed.increment();
      scheduler.stepsLeft(job.remaining());
      job.fail(why instanceof IOException io ? new UncheckedIOException(io) : why);
    }
  }

  /** Answers with the state as bytes. */
  void export(PooledSession session, Job.Export job) {
    try {
      byte[] bytes;
      if (session.state != null) {
        bytes = model.export(session.state, session.steps.get());
      } else if (session.stored) {
        bytes = store.load(session.id);
      } else {
        bytes = model.export(model.newState(), 0);
      }
      session.current = null;
      job.future.complete(bytes);
    } catch (Throwable e) { // also want of heap: the caller waits for an answer
      fail(session, e);
    }
  }

  /** Turns sessions to bytes while too many are on the heap. */
  void evictSurplus() {
    boolean written = true;
    while (written) {
      PooledSession session = scheduler.takeSurplus();
      written = session != null && evict(session);
    }
  }

  /**
   * Turns a session to bytes that was taken for this, and puts it back; false when it stays on the
   * heap.
   */
  boolean evict(PooledSession session) {
    StreamState state = Objects.requireNonNull(session.state);
    EvictionEvent event = new EvictionEvent();
    event.begin();
    try {
      byte[] bytes = model.export(state, session.steps.get());
      store.save(session.id, bytes);
      session.stored = true;
      session.state = null;
      metrics.evicted.increment();
      event.bytes = bytes.length;
      event.commit();
      return true;
    } catch (Throwable e) { // also want of heap: the thread has others to serve
      scheduler.residentChanged(1);
      LOG.warn("a session could not be evicted and stays in memory: {}", e.toString());
      return false;
    } finally {
      putBack(session, false);
    }
  }

  /** Puts a session back, and drops it when it was closed meanwhile. */
  void putBack(PooledSession session, boolean used) {
    if (scheduler.putBack(session, used)) {
      drop(session);
    }
  }

  /** Drops a closed session that nobody has. */
  void drop(PooledSession session) {
    scheduler.abandon(session);
    if (session.stored) {
      deleteStored(session);
    }
  }

  /** Bytes that cannot be deleted are in nobody's way: tried again when the session is closed. */
  private void deleteStored(PooledSession session) {
    try {
      store.delete(session.id);
      session.stored = false;
    } catch (Throwable e) { // also want of heap: the thread has others to serve
      LOG.warn("the stored bytes of a session could not be deleted: {}", e.toString());
    }
  }
}
