package io.carousel.device.cuda;

import io.carousel.device.LayerDropout;
import io.carousel.device.Leases;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import io.carousel.device.pass.TrainingWork;
import org.jspecify.annotations.Nullable;

/** One training pass, many steps of a layer and direction in one launch. */
final class PersistentWork implements TrainingWork {
  private final PersistentForward forward;
  private final PassInputs inputs;
  private final PassOutputs outputs;

  /**
   * Leases what lasts as long as the pass, and uploads what its shape says.
   *
   * @param context whose pool lends all memory of the pass
   */
  PersistentWork(
      PersistentContext context,
      CudaQueue queue,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    this.inputs = inputs;
    Leases leases = new Leases(context.pool());
    try {
      UploadedShape batch =
          new UploadedShape(queue, shape, context.chunkSteps(shape, true), leases);
      LayerDropout dropout = LayerDropout.of(queue, context.spec(), shape, leases, dropoutKey);
      outputs = PassOutputs.lease(leases, context.spec(), shape);
      forward = PersistentForward.training(context, queue, batch, leases, dropout, trace);
    } catch (RuntimeException e) {
      leases.close();
      throw e;
    }
  }

  @Override
  public PassOutputs outputs() {
    return outputs;
  }

  @Override
  public String launches() {
    return forward.launches();
  }

  @Override
  public void setDraw(int number) {
    if (forward.dropout != null) {
      forward.dropout.setDraw(number);
    }
  }

  @Override
  public void openQueues() {
    forward.queue.background(); // forward has opened its own
  }

  @Override
  public void forward() {
    forward.run(inputs, outputs);
  }

  @Override
  public void backward(PassGradients gradients, Leases scratch) {
    new PersistentBackward(forward, gradients, scratch).run();
  }

  @Override
  public MatrixPool pool() {
    return forward.context.pool();
  }

  @Override
  public void release() {
    forward.release();
  }

  @Override
  public void abandon(Throwable failure) {
    forward.abandon(failure);
  }
}
