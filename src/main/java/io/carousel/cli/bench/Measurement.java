package io.carousel.cli.bench;

import io.carousel.device.Device;
import java.util.ArrayList;
import java.util.List;

/** A case while it is measured: its workload, and what its turns found. */
public final class Measurement implements AutoCloseable {
  private static final int FEWEST_WARM_UP_STEPS = 3;

  /** The times of one turn. */
  private record Times(long[] nanos, long[] hostNanos, boolean quiet) {}

  private final BenchCase what;
  private final Device device;
  private final Workload workload;
  private final HeapMeter heap = new HeapMeter();
  private final Disturbance disturbance = new Disturbance();
  private final List<Times> turns = new ArrayList<>();
  private long steps;
  private long heapBytes;
  private long allocations;

  /**
   * Sets a case up.
   *
   * @param what the case
   * @param device where it runs, alone if the peak of its memory shall mean something; stays open
   */
  public Measurement(BenchCase what, Device device) {
    this.what = what;
    this.device = device;
    workload = Workload.of(what, device);
    heap.bytes(); // its own first use is not the workload's
  }

  void warmUp(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int i = 0; i < FEWEST_WARM_UP_STEPS || System.nanoTime() < end; i++) {
      workload.enqueue();
      workload.finish();
    }
  }

  void measure(Benchmark.Turn turn, double seconds) {
    disturbance.start();
    long allocationsBefore = device.allocationCount();
    long heapBefore = heap.bytes();
    turn.run(workload, seconds);
    heapBytes += heap.bytes() - heapBefore;
    allocations += device.allocationCount() - allocationsBefore;
    steps += turn.steps();
    turns.add(new Times(turn.nanos(), turn.hostNanos(), disturbance.wasQuiet()));
  }

  int quietTurns() {
    return (int) turns.stream().filter(Times::quiet).count();
  }

  /** What was found: the times of quiet turns, of all where none was quiet. */
  BenchResult result() {
    boolean none = quietTurns() == 0;
    List<Times> counted = turns.stream().filter(turn -> none || turn.quiet()).toList();
    return new BenchResult(
        Durations.of(counted.stream().map(Times::nanos).toList()),
        Durations.of(counted.stream().map(Times::hostNanos).toList()),
        turns.size(),
        quietTurns(),
        workload.layer.kernel(),
        workload.layer.launch(),
        workload.layer.whyNotFused(),
        device.allocatedBytes(),
        device.peakAllocatedBytes(),
        allocations,
        heapBytes / ((double) steps * what.shape().steps()));
  }

  @Override
  public void close() {
    workload.close();
  }
}
