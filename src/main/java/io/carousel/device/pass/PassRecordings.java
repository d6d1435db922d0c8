package io.carousel.device.pass;

import io.carousel.device.CloseAll;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.LayerWeights;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recorded training passes of one plan. A batch shape is recorded when it comes for the second
 * time; {@value #MOST} recordings are kept, and one gives way to another shape only when {@value
 * #IDLE_PASSES} passes have gone without it: of more shapes in turns, each would be dropped before
 * it came again. For the same reason a shape for which there was no memory is not tried again as
 * long as it is remembered.
 */
final class PassRecordings implements AutoCloseable {
  private static final int MOST = 8;

  /** Long against any cycle of shapes that are remembered. */
  private static final int IDLE_PASSES = 64;

  /** Shapes that are remembered as seen. */
  private static final int MOST_SEEN = 16;

  private final TrainingWork.Factory factory;
  private final Map<Key, RecordedExecution> recorded = new LinkedHashMap<>(16, 0.75f, true);

  /** Shapes that came, with why they are not recorded, "" where nothing is against it. */
  private final Map<Key, String> seen = new LinkedHashMap<>();

  private String launch = "no training pass so far";
  private long passes;

  private record Key(
      Queue queue,
      PackedShape shape,
      List<LayerWeights> weights,
      boolean hasH0,
      boolean hasC0,
      long dropoutKey) {}

  /**
   * None so far.
   *
   * @param factory makes the work of each
   */
  PassRecordings(TrainingWork.Factory factory) {
    this.factory = factory;
  }

  /** How the latest pass was enqueued, and why not as a recording. */
  String launch() {
    return launch;
  }

  /** The recording for a pass, or null where it goes operation by operation. */
  @Nullable RecordedExecution find(
      Queue queue,
      MatrixPool pool,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    passes++;
    String why = queue.whyNotRecorded();
    if (why == null && trace != null) {
      why = "a trace looks at every step";
    }
    if (why != null) {
      return plain(why);
    }
    boolean hasH0 = inputs.h0() != null;
    boolean hasC0 = inputs.c0() != null;
    Key key = new Key(queue, shape, inputs.weights(), hasH0, hasC0, dropoutKey);
    RecordedExecution known = recorded.get(key);
    if (known != null) {
      return known.isBusy() ? plain("the recording is in use by an open pass") : use(known);
    }
    String against = seen.get(key);
    if (against == null) {
      remember(key, "");
      return plain("the first batch of this shape among the latest " + MOST_SEEN + " shapes");
    }
    if (!against.isEmpty()) {
      return plain(against);
    }
    if (recorded.size() >= MOST && !dropIdleOne()) {
      return plain(
          "all recordings are in use by open passes, or were in the latest "
              + IDLE_PASSES
              + " passes");
    }
    RecordedExecution made = record(key, pool.nested(), inputs);
    if (made != null) {
      return use(made);
    }
    remember(key, "there is no memory for a recording");
    return plain("there is no memory for a recording");
  }

  private @Nullable RecordedExecution plain(String why) {
    launch = "one operation after the other: " + why;
    return null;
  }

  private RecordedExecution use(RecordedExecution recording) {
    recording.latestPass = passes;
    launch = recording.launch();
    return recording;
  }

  private void remember(Key key, String against) {
    seen.put(key, against);
    if (seen.size() > MOST_SEEN) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  private @Nullable RecordedExecution record(Key key, MatrixPool pool, PassInputs like) {
    try {
      RecordedExecution made =
          new RecordedExecution(factory, key.queue, pool, key.shape, like, key.dropoutKey);
      recorded.put(key, made);
      return made;
    } catch (DeviceOutOfMemoryException e) {
      CloseAll.orThrow(e, List.of(pool));
      return null;
    } catch (RuntimeException | Error e) {
      CloseAll.after(e, List.of(pool));
      throw e;
    }
  }

  /** Makes room for another recording, unless all are in use. */
  private boolean dropIdleOne() {
    Iterator<RecordedExecution> oldest = recorded.values().iterator();
    while (oldest.hasNext()) {
      RecordedExecution recording = oldest.next();
      if (!recording.isBusy() && passes - recording.latestPass > IDLE_PASSES) {
        oldest.remove();
        recording.close();
        return true;
      }
    }
    return false;
  }

  /** Gives all memory back that no open pass uses, to somebody who needs it. */
  void dropIdle() {
    List<RecordedExecution> idle = new ArrayList<>();
    for (Map.Entry<Key, RecordedExecution> entry : List.copyOf(recorded.entrySet())) {
      if (!entry.getValue().isBusy()) {
        recorded.remove(entry.getKey());
        remember(entry.getKey(), "its recording gave way for want of memory");
        idle.add(entry.getValue());
      }
    }
    CloseAll.inReverse(idle);
  }

  @Override
  public void close() {
    List<RecordedExecution> all = List.copyOf(recorded.values());
    recorded.clear();
    CloseAll.inReverse(all);
  }
}
