package io.carousel.rnn;

import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The plans of one stack: a batch that none of them holds makes a new one, by the same choice.
 * Bounded.
 */
final class PlanCache implements AutoCloseable {
  private static final int MOST = 4;

  private final Device device;
  private final RecurrentSpec spec;
  private final PlanChoice choice;
  private final List<RecurrentPlan> plans = new ArrayList<>();

  PlanCache(Device device, RecurrentSpec spec, PlanChoice choice) {
    this.device = device;
    this.spec = spec;
    this.choice = choice;
    // the choice is made, or refused, when the stack is built
    plans.add(Plans.create(device, spec, new PlanCapacity(1, 1), choice));
  }

  /** The plan that was made last; it says which kernel runs. */
  RecurrentPlan latest() {
    return plans.get(plans.size() - 1);
  }

  /** A plan that holds the batch. */
  RecurrentPlan planFor(PackedShape shape) {
    for (int i = 0; i < plans.size(); i++) { // without an iterator: inference runs here
      if (plans.get(i).capacity().holds(shape)) {
        return plans.get(i);
      }
    }
    requireRoom();
    PlanCapacity largest = latest().capacity();
    PlanCapacity capacity =
        new PlanCapacity(
            Math.max(shape.rows(), largest.rows()),
            Math.max(shape.batchSize(), largest.batchSize()));
    RecurrentPlan plan = Plans.create(device, spec, capacity, choice);
    dropIdle();
    plans.add(plan);
    return plan;
  }

  /**
   * Every new plan holds all that the older ones hold, so these go as soon as no pass is open on
   * them.
   */
  private void dropIdle() {
    plans.removeIf(
        plan -> {
          if (plan.isBusy()) {
            return false;
          }
          plan.close();
          return true;
        });
  }

  /** Frees what idle plans keep for the next batch; the next one makes a plan of its own size. */
  void trim() {
    dropIdle();
    if (plans.isEmpty()) {
      plans.add(Plans.create(device, spec, new PlanCapacity(1, 1), choice));
    }
  }

  /** Refused before anything is made. */
  private void requireRoom() {
    long busy = plans.stream().filter(RecurrentPlan::isBusy).count();
    if (busy >= MOST) {
      throw new IllegalStateException(
          busy + " plans of this stack have open training passes: run them backward or close them");
    }
  }

  @Override
  public void close() {
    CloseAll.inReverse(plans);
    plans.clear();
  }
}
