package io.carousel.cli.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a benchmark found.
 *
 * @param seconds per step, of the quiet turns, or of all where none was quiet
 * @param hostSeconds of a step in which the host was busy giving out the work; the same as seconds
 *     where the host does it itself
 * @param turns measured
 * @param quietTurns those of them that other processes left alone; all, where the system does not
 *     tell
 * @param kernel what ran: {@code stepwise}, or the device's own kernel
 * @param launch how training passes were enqueued: recorded, or operation by operation and why
 * @param whyNotFused why the device's own faster plan did not run, or null when it did
 * @param deviceBytes in open buffers at the end
 * @param peakDeviceBytes most bytes in open buffers since the device was opened
 * @param deviceAllocations made while measuring; 0 in a steady state
 * @param heapBytesPerTimeStep allocated on the Java heap by all threads, per time step
 */
public record BenchResult(
    Durations seconds,
    Durations hostSeconds,
    int turns,
    int quietTurns,
    String kernel,
    String launch,
    @Nullable String whyNotFused,
    long deviceBytes,
    long peakDeviceBytes,
    long deviceAllocations,
    double heapBytesPerTimeStep) {

  /** Floating-point operations in a second, in billions. */
  public double gigaflops(Cost cost) {
    return cost.flop() / seconds.median() * 1e-9;
  }
}
