package io.carousel.device.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * Which queue the launches of a layer and direction go to: the main one, or one of several whose
 * launches share the GPU. Side by side run the two directions of a layer, or the layers of a
 * wavefront, each a chunk of time behind the one below.
 */
final class RunQueues {
  private final List<CudaQueue> queues = new ArrayList<>();
  private final boolean wavefront;

  private RunQueues(CudaQueue queue, int count, boolean wavefront) {
    this.wavefront = wavefront;
    for (int number = 0; number < count; number++) {
      queues.add(number == 0 ? queue : (CudaQueue) queues.get(number - 1).beside());
    }
  }

  /** Everything in the main queue. */
  static RunQueues one(CudaQueue queue) {
    return new RunQueues(queue, 1, false);
  }

  /** The two directions of a layer beside each other. */
  static RunQueues directions(CudaQueue queue) {
    return new RunQueues(queue, 2, false);
  }

  /** So many layers beside each other. */
  static RunQueues wavefront(CudaQueue queue, int layers) {
    return new RunQueues(queue, layers, true);
  }

  /** Whether launches share the GPU. */
  boolean share() {
    return queues.size() > 1;
  }

  /** In which order the chunks of all layers are enqueued. */
  List<ChunkTurn> order(int layers, int chunks) {
    return wavefront ? ChunkTurn.wavefront(layers, chunks) : ChunkTurn.byLayer(layers, chunks);
  }

  /** The queue of a layer and direction. */
  CudaQueue of(int layer, int direction) {
    return queues.get((wavefront ? layer : direction) % queues.size());
  }

  /** What runs side by side, in words behind others; empty for nothing. */
  String sideBySide() {
    if (queues.size() == 1) {
      return "";
    }
    return wavefront
        ? ", %d layers side by side".formatted(queues.size())
        : ", the two directions side by side";
  }

  private List<CudaQueue> of(int layer) {
    return wavefront ? List.of(of(layer, 0)) : queues;
  }

  /** What a layer does from now on sees all that the main queue did. */
  void start(int layer) {
    of(layer).forEach(queue -> queue.await(queues.get(0)));
  }

  /** The same for all layers. */
  void startAll() {
    queues.forEach(queue -> queue.await(queues.get(0)));
  }

  /** In a wavefront, what a layer does from now on sees all that another one did so far. */
  void follow(int layer, int other) {
    if (wavefront) {
      of(layer, 0).await(of(other, 0));
    }
  }

  /** What the main queue does from now on sees all that a layer did. */
  void end(int layer) {
    of(layer).forEach(queues.get(0)::await);
  }

  /** The same for all layers. */
  void endAll() {
    queues.forEach(queues.get(0)::await);
  }
}
