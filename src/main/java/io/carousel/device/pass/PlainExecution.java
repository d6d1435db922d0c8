package io.carousel.device.pass;

import io.carousel.device.Leases;
import io.carousel.device.PassGradients;

/** Enqueues one operation after the other, and gives the memory back when the pass ends. */
final class PlainExecution implements TrainingPass.Execution {
  private final TrainingWork work;

  PlainExecution(TrainingWork work, int draw) {
    this.work = work;
    try {
      work.setDraw(draw);
      work.forward();
    } catch (RuntimeException | Error e) {
      work.abandon(e);
      throw e;
    }
  }

  @Override
  public TrainingWork work() {
    return work;
  }

  @Override
  public void backward(PassGradients gradients) {
    try (Leases scratch = new Leases(work.pool())) {
      work.backward(gradients, scratch);
    } catch (RuntimeException | Error e) {
      work.abandon(e);
      throw e;
    }
  }

  @Override
  public void end() {
    work.release();
  }
}
