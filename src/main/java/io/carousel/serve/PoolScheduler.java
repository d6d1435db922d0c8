package io.carousel.serve;

import io.carousel.serve.PooledSession.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who may have which session when. A session of which something is wanted stands in line once,
 * whatever is wanted; a thread that takes it does the first thing and puts it back. So the order
 * within a session is kept, and no two threads have one.
 *
 * <p>A batch starts as soon as it is full, or its oldest member has waited for the maximal delay,
 * or every other open session is in the line or taken already, so that waiting gains nothing.
 */
final class PoolScheduler {
  private final PoolSettings settings;
  private final long maxDelayNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Map<String, PooledSession> sessions = new ConcurrentHashMap<>();
  private final Deque<PooledSession> ready = new ArrayDeque<>();
  private final Set<PooledSession> idleResident =
      new LinkedHashSet<>(); // least recently used first
  private final AtomicLong queuedSteps = new AtomicLong();
  private final AtomicInteger resident = new AtomicInteger();
  private int taken;
  private final Set<String> finishing = new HashSet<>(); // taken, but open no more
  private volatile boolean closing; // written under the lock

  PoolScheduler(PoolSettings settings) {
    this.settings = settings;
    maxDelayNanos = settings.maxDelay().toNanos();
  }

  int openSessions() {
    return sessions.size();
  }

  int residentSessions() {
    return resident.get();
  }

  long queuedSteps() {
    return queuedSteps.get();
  }

  boolean isOpen(String id) {
    return sessions.containsKey(id);
  }

  /** Whether a session is neither open nor, closed before, still taken by a thread. */
  boolean isOver(String id) {
    lock.lock();
    try {
      return !sessions.containsKey(id) && !finishing.contains(id);
    } finally {
      lock.unlock();
    }
  }

  /** All that are open; may be read while it changes. */
  Collection<PooledSession> sessions() {
    return sessions.values();
  }

  /** Books states that came to the heap, or left it (negative). */
  void residentChanged(int by) {
    resident.addAndGet(by);
  }

  /**
   * Books steps before anything is made for them; they are {@linkplain #submit submitted}, or
   * {@linkplain #stepsLeft given up}.
   *
   * @throws PoolBusyException when too many steps wait
   * @throws NoSuchSessionException when there is no such session
   */
  void reserve(String id, int steps) {
    requireOpen();
    require(id);
    int most = settings.maxQueued();
    long waiting = queuedSteps.getAndUpdate(n -> n + steps > most ? n : n + steps);
    if (waiting + steps > most) {
      throw new PoolBusyException(
          "%d steps wait, %d more would exceed the most of this pool, %d: come back later"
              .formatted(waiting, steps, most));
    }
  }

  /** Books steps that were done or given up. */
  void stepsLeft(int count) {
    queuedSteps.addAndGet(-count);
  }

  /**
   * Adds a session.
   *
   * @throws PoolBusyException when as many are open as may be
   */
  void open(PooledSession session) {
    lock.lock();
    try {
      requireOpen();
      if (sessions.size() >= settings.maxSessions()) {
        throw new PoolBusyException(
            "%d sessions are open, the most of this pool: close some".formatted(sessions.size()));
      }
      sessions.put(session.id, session);
      if (session.state != null) {
        resident.incrementAndGet();
        idleResident.add(session);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a job, whose steps are {@linkplain #reserve booked}, behind the others of its session.
   *
   * @throws NoSuchSessionException when there is no such session
   */
  void submit(String id, Job job) {
    lock.lock();
    try {
      requireOpen();
      PooledSession session = require(id);
      session.jobs.add(job);
      if (session.phase == Phase.IDLE) {
        idleResident.remove(session);
        enqueue(session);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * An open session.
   *
   * @throws NoSuchSessionException when there is none of that name
   */
  PooledSession require(String id) {
    PooledSession session = sessions.get(id);
    if (session == null) {
      throw new NoSuchSessionException(
          "no open session '%s': it was never opened, was closed, or has expired".formatted(id));
    }
    return session;
  }

  private void requireOpen() {
    if (closing) {
      throw new IllegalStateException("the pool is closed");
    }
  }

  private void enqueue(PooledSession session) {
    session.phase = Phase.READY;
    session.readyNanos = System.nanoTime();
    ready.add(session);
    // one waiting thread watches the clock for the first; others are woken when there is work
    if (ready.size() == 1 || mayStart(session.readyNanos)) {
      work.signal();
    }
  }

  /** Whether a batch starts now. */
  boolean mayStart() {
    lock.lock();
    try {
      return mayStart(System.nanoTime());
    } finally {
      lock.unlock();
    }
  }

  private boolean mayStart(long now) {
    PooledSession oldest = ready.peek();
    return oldest != null
        && (closing
            || ready.size() >= settings.maxBatch()
            || ready.size() + taken - finishing.size() >= sessions.size()
            || now - oldest.readyNanos >= maxDelayNanos);
  }

  /**
   * Waits for work and takes it.
   *
   * @return sessions that want steps, or one that wants something else; null when the pool is
   *     closed and all is done
   */
  @Nullable List<PooledSession> take() {
    lock.lock();
    try {
      long now = System.nanoTime();
      while (!mayStart(now)) {
        PooledSession oldest = ready.peek();
        if (oldest == null && closing && taken == 0) {
          return null;
        }
        long forever = Long.MAX_VALUE;
        try {
          work.awaitNanos(oldest == null ? forever : oldest.readyNanos + maxDelayNanos - now);
        } catch (InterruptedException e) {
          // by what hangs on a future: no reason for this thread to end
        }
        now = System.nanoTime();
      }
      List<PooledSession> batch = takeBatch();
      if (!ready.isEmpty()) {
        work.signal(); // somebody else watches the clock for the rest
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private List<PooledSession> takeBatch() {
    List<PooledSession> batch = new ArrayList<>(Math.min(ready.size(), settings.maxBatch()));
    while (batch.size() < settings.maxBatch() && !ready.isEmpty()) {
      PooledSession next = ready.element();
      boolean alone = !(next.jobs.element() instanceof Job.Steps);
      if (alone && !batch.isEmpty()) {
        break;
      }
      ready.remove();
      markTaken(next);
      next.current = next.jobs.remove();
      batch.add(next);
      if (alone) {
        break;
      }
    }
    return batch;
  }

  private void markTaken(PooledSession session) {
    session.phase = Phase.TAKEN;
    taken++;
  }

  /**
   * Takes the session that was used least recently, while too many states are on the heap. Its
   * state is booked as gone.
   */
  @Nullable PooledSession takeSurplus() {
    lock.lock();
    try {
      if (resident.get() <= settings.maxResident() || idleResident.isEmpty()) {
        return null;
      }
      PooledSession session = idleResident.iterator().next();
      idleResident.remove(session);
      resident.decrementAndGet(); // or two threads would each take one for the same surplus
      markTaken(session);
      return session;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a session that was idle since before that time; false when it is not.
   *
   * @param toEvict only one with a state, which is booked as gone
   */
  boolean takeIdle(PooledSession session, long sinceNanos, boolean toEvict) {
    lock.lock();
    try {
      if (session.closed
          || session.phase != Phase.IDLE
          || session.lastUsedNanos - sinceNanos > 0
          || (toEvict && session.state == null)) {
        return false;
      }
      idleResident.remove(session);
      if (toEvict) {
        resident.decrementAndGet();
      }
      markTaken(session);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a session back; one that is not done with its job stands in line again.
   *
   * @param used whether it was used, or only moved
   * @return whether it is to be {@linkplain #abandon abandoned}, because it was closed meanwhile
   */
  boolean putBack(PooledSession session, boolean used) {
    lock.lock();
    try {
      taken--;
      if (session.current != null) {
        session.jobs.addFirst(session.current);
        session.current = null;
      }
      if (used) {
        session.lastUsedNanos = System.nanoTime();
      }
      if (session.closed) {
        finishing.remove(session.id);
        return true;
      }
      if (!session.jobs.isEmpty()) {
        enqueue(session);
      } else {
        session.phase = Phase.IDLE;
        if (session.state != null) {
          idleResident.add(session);
        }
      }
      return false;
    } finally {
      if (closing && taken == 0) {
        work.signalAll();
      }
      lock.unlock();
    }
  }

  /**
   * Removes a session.
   *
   * @return the session when nobody has it, so that the caller {@linkplain #abandon abandons} it;
   *     else who has it does when it is {@linkplain #putBack put back}
   * @throws NoSuchSessionException when there is none
   */
  @Nullable PooledSession close(String id) {
    lock.lock();
    try {
      return close(require(id));
    } finally {
      lock.unlock();
    }
  }

  /** The same for a session that somebody else may have closed before; then null. */
  @Nullable PooledSession close(PooledSession session) {
    lock.lock();
    try {
      if (!sessions.remove(session.id, session)) {
        return null;
      }
      session.closed = true;
      boolean isTaken = session.phase == Phase.TAKEN;
      if (isTaken) {
        finishing.add(session.id);
      } else if (session.phase == Phase.READY) {
        ready.remove(session);
      }
      idleResident.remove(session);
      if (mayStart(System.nanoTime())) {
        work.signal(); // the others need not wait for this one
      }
      return isTaken ? null : session;
    } finally {
      lock.unlock();
    }
  }

  /** Drops a closed session that nobody has: fails what it still was to do. */
  void abandon(PooledSession session) {
    for (Job job : session.jobs) {
      stepsLeft(job.remaining());
      job.fail(new NoSuchSessionException("session '%s' was closed before".formatted(session.id)));
    }
    session.jobs.clear();
    if (session.state != null) {
      session.state = null;
      resident.decrementAndGet();
    }
  }

  /** Refuses further jobs and sessions; those accepted are still done. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
