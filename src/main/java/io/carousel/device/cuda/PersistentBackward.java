package io.carousel.device.cuda;

import io.carousel.device.CloseAll;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PassGradients;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Back-propagation through time, through all layers and directions of a {@link PersistentForward}
 * that has run in training, in the same way from the top. Weight gradients go beside the launches
 * of the layers below.
 */
final class PersistentBackward {
  final PersistentForward forward;
  final PassGradients gradients;

  /** Where weight gradients are computed. */
  final CudaQueue beside;

  private final Leases scratch;
  private final RecurrentSpec spec;
  private final List<Leases> ofLayers = new ArrayList<>();

  /**
   * A backward pass. Gates become gradients: forward must have run since the last one.
   *
   * @param scratch for as long as the work is under way
   */
  PersistentBackward(PersistentForward forward, PassGradients gradients, Leases scratch) {
    this.forward = forward;
    this.gradients = gradients;
    this.scratch = scratch;
    spec = forward.context.spec();
    beside = forward.trace == null ? (CudaQueue) forward.queue.background() : forward.queue;
  }

  void run() {
    try {
      forward.queues.startAll(); // in a recording the main queue awaits only what has begun there
      beside.await(forward.queue);
      runLayers();
      end();
    } catch (RuntimeException | Error e) {
      CloseAll.after(e, List.of(this::end)); // memory is given back in the main queue's order
      throw e;
    } finally {
      ofLayers.forEach(Leases::close);
    }
  }

  private void end() {
    forward.queues.endAll();
    forward.queue.await(beside);
  }

  private void runLayers() {
    int chunks = forward.batch.chunks.size();
    List<LayerBackward> fromTop = new ArrayList<>();
    for (ChunkTurn next : forward.queues.order(spec.numLayers(), chunks)) {
      int layer = spec.numLayers() - 1 - next.layer();
      boolean top = next.layer() == 0;
      if (next.chunk() == 0) {
        fromTop.add(begin(layer, top ? gradients.dOutput() : fromTop.get(next.layer() - 1).dInput));
      }
      if (!top) {
        forward.queues.follow(layer, layer + 1);
      }
      LayerBackward current = fromTop.get(next.layer());
      current.run(chunks - 1 - next.chunk());
      if (next.chunk() == chunks - 1) {
        current.end();
      }
    }
  }

  private LayerBackward begin(int layer, @Nullable Matrix dOutput) {
    Matrix dInput =
        layer == 0
            ? gradients.dInput()
            : scratch.lease(forward.batch.shape.rows(), spec.outputSize());
    Leases leases = new Leases(forward.context.pool());
    ofLayers.add(leases);
    LayerBackward begun = new LayerBackward(this, layer, leases, scratch, dOutput, dInput);
    begun.start();
    return begun;
  }
}
