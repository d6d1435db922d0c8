package peers;

/**
 * One turn of a worker.
 *
 * @param millis time of each step
 * @param cpuMillis processor time of a step, all threads of the worker together
 * @param heapBytes allocated in a step by Java's threads
 * @param foreignCores processors that others kept busy meanwhile
 * @param delay share of the turn that the worker's threads waited for a core
 */
record Round(
    double[] millis, double cpuMillis, double heapBytes, double foreignCores, double delay) {
  private static final double MOST_FOREIGN_CORES = 0.25;
  private static final double MOST_DELAY = 0.03;

  boolean isQuiet() {
    return delay < MOST_DELAY && foreignCores < MOST_FOREIGN_CORES;
  }

  double median() {
    return Timing.quantile(millis, 0.5);
  }

  /** The larger of the two disturbances. */
  double noise() {
    return Math.max(delay, foreignCores);
  }
}
