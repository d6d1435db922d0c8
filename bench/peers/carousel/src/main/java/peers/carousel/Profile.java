package peers.carousel;

import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Queue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import peers.Data;
import peers.Workload;

/**
 * Where Carousel's time goes: for each workload the time of every operation of its queue with the
 * stepwise plan, then, without the clock and with the plan that Carousel chooses, the time of a
 * step, the heap bytes that the calling thread allocates and the device's allocations. Arguments:
 * the file of workloads, a regular expression of their names, numbers of threads (1,2), seconds of
 * each measurement.
 */
public final class Profile {
  private static final double MIN_SHARE = 0.002;
  private static final int WARM_UP_STEPS = 10;

  private Profile() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    List<Workload> workloads = Workload.read(Path.of(args[0]), args[1]);
    double seconds = Double.parseDouble(args[3]);
    for (String threads : args[2].split(",")) {
      for (Workload w : workloads) {
        operations(w, Integer.parseInt(threads), seconds);
        wholeSteps(w, Integer.parseInt(threads), seconds);
      }
    }
  }

  private static void operations(Workload w, int threads, double seconds) {
    TimedQueue[] clock = new TimedQueue[1];
    CarouselRunner runner =
        new CarouselRunner(PlanChoice.STEPWISE) {
          @Override
          Queue queueOf(Device device) {
            clock[0] = TimedQueue.around(device.openQueue());
            return clock[0].queue();
          }
        };
    runner.threads(threads);
    runner.setup(new Data(w));
    run(runner, WARM_UP_STEPS, seconds);
    clock[0].reset();
    long start = System.nanoTime();
    int steps = run(runner, 1, seconds);
    double total = (System.nanoTime() - start) / 1e3 / steps;
    System.out.printf(
        "%n%s, %d thread(s), stepwise, with a clock around each operation: %.0f us a step%n",
        w.name(), threads, total);
    System.out.println("   share    us/step  calls/step    us/call  GFLOP/s  operation");
    double rest = total;
    for (TimedQueue.Cost cost : clock[0].costs()) {
      double perStep = cost.nanos / 1e3 / steps;
      rest -= perStep;
      if (perStep >= MIN_SHARE * total) {
        double rate = cost.flops * cost.calls / cost.nanos;
        System.out.printf(
            "  %5.1f%% %10.1f %11.1f %10.2f %8s  %s%n",
            100 * perStep / total,
            perStep,
            (double) cost.calls / steps,
            cost.nanos / 1e3 / cost.calls,
            rate > 0 ? String.format("%.1f", rate) : "",
            cost.name);
      }
    }
    System.out.printf("  %5.1f%% %10.1f %43s between operations%n", 100 * rest / total, rest, "");
    runner.teardown();
    runner.close();
  }

  private static void wholeSteps(Workload w, int threads, double seconds) {
    CarouselRunner runner = new CarouselRunner();
    runner.threads(threads);
    runner.setup(new Data(w));
    run(runner, WARM_UP_STEPS, seconds);
    System.out.printf(
        "%s, %d thread(s), %s: %s%n",
        w.name(), threads, runner.kernel(), StepCost.of(runner, w, seconds));
    runner.teardown();
    runner.close();
  }

  private static int run(CarouselRunner runner, int atLeast, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int steps = 0;
    while (steps < atLeast || System.nanoTime() < end) {
      runner.step();
      steps++;
    }
    return steps;
  }
}
