package io.carousel.serve;

import io.carousel.io.StreamStateFile;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Streams by name, whose steps are gathered into batches. Any thread may call; the steps of one
 * session are done in the order of the calls. Each session's numbers are those that it would have
 * alone, bit for bit, whoever shares its batches.
 *
 * <p>A batch starts as soon as it is full, or its oldest call has waited for the maximal delay, or
 * every open session waits already, so that nothing is gained by waiting. A chunk of many steps
 * takes several batches.
 *
 * <p>Memory is bounded: so many sessions, so many waiting steps, so many states on the heap. What
 * would exceed the first two is refused by {@link PoolBusyException}; states beyond the third, and
 * those of sessions that are idle for long, go to a {@link SessionStore} and come back with the
 * next step.
 *
 * <p>Calls throw at once when they are not accepted; what goes wrong later fails the future. A call
 * is done as a whole or not at all: one that fails leaves the session as it was, so it may be made
 * again; calls that were made behind it go on from there. {@link #steps} tells where that is.
 *
 * <p>Futures are completed by the pool's threads: what hangs on them must be short and must not
 * wait for the pool or close it, or take an executor ({@code thenAcceptAsync}).
 *
 * <pre>{@code
 * var limits = SessionPool.builder(model).maxBatch(64).maxDelay(Duration.ofMillis(1));
 * try (SessionPool pool = limits.build()) {
 *   ...
 *   for (int i = 0; i < 200; i++) patients.add(pool.open());
 *   ...
 *       steps.add(pool.step(patients.get(i), new float[] {sample}));
 *   ...
 * }
 * }</pre>
 */
public final class SessionPool implements AutoCloseable {
  private static final int ID_BYTES = 16;

  private final ServedModel model;
  private final PoolScheduler scheduler;
  private final Residency residency;
  private final PoolMetrics metrics;
  private final PoolSettings settings;
  private final SecureRandom random = new SecureRandom();
  private final List<Thread> threads = new ArrayList<>();
  private final @Nullable Janitor janitor;

  private SessionPool(ServedModel model, PoolSettings settings) {
    this.model = model;
    this.settings = settings;
    model.newState(); // refuses models that cannot run step by step
    scheduler = new PoolScheduler(settings);
    metrics = new PoolMetrics(scheduler);
    residency = new Residency(model, settings.store(), scheduler, metrics);
    janitor =
        Janitor.isNeeded(settings) ? new Janitor(settings, scheduler, residency, metrics) : null;
    try {
      for (int i = 0; i < settings.workers(); i++) {
        threads.add(
            start("carousel-pool-" + i, new PoolWorker(model, scheduler, residency, metrics)));
      }
      if (janitor != null) {
        threads.add(start("carousel-pool-janitor", janitor));
      }
    } catch (Throwable e) { // as when the system gives no more threads: those there are end
      close();
      throw e;
    }
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** A pool of streams of a model, which stays its owner's and is closed after the pool. */
  public static Builder builder(ServedModel model) {
    return new Builder(model);
  }

  /**
   * Opens a session whose state is zeros.
   *
   * @return its name, 128 random bits that nobody guesses
   * @throws PoolBusyException when as many are open as may be
   */
  public String open() {
    return open(new PooledSession(newId()));
  }

  private String open(PooledSession session) {
    try {
      scheduler.open(session);
    } catch (PoolBusyException e) {
      metrics.rejected.increment();
      throw e;
    }
    metrics.opened.increment();
    return session.id;
  }

  private String newId() {
    byte[] bits = new byte[ID_BYTES];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }

  /**
   * Runs the next steps of a session.
   *
   * @param features [T, I] row by row, T at least 1; copied
   * @return [T, outputs] row by row, when they are done
   * @throws PoolBusyException when too many steps wait
   * @throws NoSuchSessionException when there is no such session
   * @throws IllegalArgumentException when the features are none of this model, or more steps than
   *     may ever wait
   */
  public CompletableFuture<float[]> step(String id, float[] features) {
    return stepHeard(id, features, null);
  }

  /**
   * The same with a listener, who is told the outputs before the future is complete, also when that
   * was cancelled: of one session's calls in the order of their steps. Who listens must be quick;
   * what it throws is logged.
   */
  public CompletableFuture<float[]> step(String id, float[] features, Consumer<float[]> listener) {
    return stepHeard(id, features, listener);
  }

  private CompletableFuture<float[]> stepHeard(
      String id, float[] features, @Nullable Consumer<float[]> listener) {
    int count = StepInput.steps(model.spec(), features);
    return step(
        id,
        count,
        () -> new Job.Steps(features.clone(), null, count, model.spec().outputs(), listener));
  }

  /**
   * The same for a model of ids.
   *
   * @param ids [T], T at least 1; copied
   */
  public CompletableFuture<float[]> step(String id, int[] ids) {
    return stepHeard(id, ids, null);
  }

  /** The same with a listener, as {@link #step(String, float[], Consumer)}. */
  public CompletableFuture<float[]> step(String id, int[] ids, Consumer<float[]> listener) {
    return stepHeard(id, ids, listener);
  }

  private CompletableFuture<float[]> stepHeard(
      String id, int[] ids, @Nullable Consumer<float[]> listener) {
    int count = ids.length;
    return step(
        id,
        count,
        () -> {
          int[] own = ids.clone(); // checked after it is copied: the caller's may change
          StepInput.steps(model.spec(), own);
          return new Job.Steps(null, own, count, model.spec().outputs(), listener);
        });
  }

  /** Makes nothing for a call that is refused. */
  private CompletableFuture<float[]> step(String id, int count, Supplier<Job.Steps> maker) {
    if (count > settings.maxQueued()) {
      throw new IllegalArgumentException(
          "%d steps in one call, at most %d may wait in this pool: send smaller chunks"
              .formatted(count, settings.maxQueued()));
    }
    try {
      scheduler.reserve(id, count);
    } catch (PoolBusyException e) {
      metrics.rejected.increment();
      throw e;
    }
    boolean accepted = false;
    try {
      Job.Steps job = maker.get();
      scheduler.submit(id, job);
      accepted = true;
      return job.future();
    } finally {
      if (!accepted) {
        scheduler.stepsLeft(count);
      }
    }
  }

  /**
   * Steps done since the stream of a session began, also before it was exported and resumed. Those
   * of a call count when all of them are done.
   *
   * @throws NoSuchSessionException when there is no such session
   */
  public long steps(String id) {
    return scheduler.require(id).steps.get();
  }

  /**
   * The state of a session as bytes, after all steps that were accepted before; waits for these.
   * The session goes on.
   *
   * @throws NoSuchSessionException when there is no such session
   */
  public byte[] export(String id) {
    Job.Export job = new Job.Export();
    scheduler.submit(id, job);
    try {
      return job.future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Opens a session that goes on where another one was exported.
   *
   * @return its name
   * @throws io.carousel.io.ModelFormatException when the bytes are damaged or cut, come from a
   *     newer Carousel or from a stream of another model
   * @throws PoolBusyException when as many are open as may be
   */
  public String resume(byte[] exported) throws IOException {
    StreamStateFile.Restored restored = model.restore(exported);
    PooledSession session = new PooledSession(newId());
    session.state = restored.state();
    session.steps.set(restored.steps());
    String id = open(session);
    residency.evictSurplus();
    return id;
  }

  /**
   * Closes a session. A step that is being computed is finished; those behind it fail with {@link
   * NoSuchSessionException}.
   *
   * @throws NoSuchSessionException when there is no such session
   */
  public void close(String id) {
    drop(scheduler.close(id));
  }

  private void drop(@Nullable PooledSession session) {
    if (session != null) {
      residency.drop(session);
    }
  }

  /** Whether there is an open session of that name. */
  public boolean isOpen(String id) {
    return scheduler.isOpen(id);
  }

  /**
   * Whether a session is closed, or never was, and has got its last result: the steps that were
   * being computed when it was closed are finished, and who listens has been told.
   */
  public boolean isOver(String id) {
    return scheduler.isOver(id);
  }

  /** What the pool has done and holds. */
  public PoolMetrics metrics() {
    return metrics;
  }

  /** The most sessions in one batch. */
  public int maxBatch() {
    return settings.maxBatch();
  }

  /**
   * Refuses further calls, finishes all that were accepted, and drops all sessions. Closing again
   * does nothing.
   *
   * @throws IllegalStateException when one of the pool's own threads calls, by what hangs on a
   *     future: they would wait for themselves, or for each other
   */
  @Override
  public void close() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException(
          "a pool is not closed by its own threads, here %s: hang on the future by thenAcceptAsync"
              .formatted(Thread.currentThread().getName()));
    }
    scheduler.close();
    if (janitor != null) {
      janitor.stop();
    }
    threads.forEach(SessionPool::join);
    for (PooledSession session : List.copyOf(scheduler.sessions())) {
      drop(scheduler.close(session)); // unless somebody else closes it now
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The limits of a pool that is to be made. */
  public static final class Builder {
    /** As good as never, and still a long in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final ServedModel model;
    private int workers = 1;
    private int maxBatch = 64;
    private Duration maxDelay = Duration.ofMillis(1);
    private int maxQueued = 65_536;
    private int maxSessions = 10_000;
    private int maxResident;
    private @Nullable Duration idleAfter;
    private @Nullable Duration expireAfter;
    private SessionStore store = SessionStore.inMemory();

    private Builder(ServedModel model) {
      this.model = model;
    }

    /**
     * Batches that run at the same time, 1 unless set: a batch uses all threads of the device
     * already, and several workers make the batches smaller (docs/performance.md).
     */
    public Builder workers(int count) {
      workers = requirePositive("workers", count);
      return this;
    }

    /** The most sessions in one batch; 64 unless set. */
    public Builder maxBatch(int count) {
      maxBatch = requirePositive("maxBatch", count);
      return this;
    }

    /**
     * How long a call may wait for others to share its batch; 1 ms unless set, zero for as long as
     * the pool's threads are busy.
     */
    public Builder maxDelay(Duration delay) {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("maxDelay is negative: " + delay);
      }
      maxDelay = atMost(LONGEST, delay);
      return this;
    }

    /** The most steps that wait or are computed, of all sessions; 65,536 unless set. */
    public Builder maxQueued(int steps) {
      maxQueued = requirePositive("maxQueued", steps);
      return this;
    }

    /** The most open sessions; 10,000 unless set. */
    public Builder maxSessions(int count) {
      maxSessions = requirePositive("maxSessions", count);
      return this;
    }

    /**
     * The most sessions whose state lies on the heap; all unless set. The least recently used ones
     * go to the store; those of running batches come on top.
     */
    public Builder maxResident(int count) {
      maxResident = requirePositive("maxResident", count);
      return this;
    }

    /** Sessions idle for so long go to the store; never unless set. */
    public Builder idleAfter(Duration age) {
      idleAfter = atMost(LONGEST, requirePositive("idleAfter", age));
      return this;
    }

    /** Sessions that nobody uses for so long are closed; never unless set. */
    public Builder expireAfter(Duration age) {
      expireAfter = atMost(LONGEST, requirePositive("expireAfter", age));
      return this;
    }

    /** Where evicted sessions wait; on the heap unless set. It stays its owner's. */
    public Builder store(SessionStore where) {
      store = where;
      return this;
    }

    /**
     * Starts the pool.
     *
     * @throws IllegalStateException when the model cannot run step by step, with the reason
     */
    public SessionPool build() {
      return new SessionPool(
          model,
          new PoolSettings(
              workers,
              maxBatch,
              maxDelay,
              maxQueued,
              maxSessions,
              maxResident == 0 ? maxSessions : maxResident,
              idleAfter,
              expireAfter,
              store));
    }

    private static int requirePositive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be positive, got " + value);
      }
      return value;
    }

    private static Duration atMost(Duration most, Duration value) {
      return value.compareTo(most) > 0 ? most : value;
    }

    private static Duration requirePositive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + " must be positive, got " + value);
      }
      return value;
    }
  }
}
