package io.carousel.rnn;

import io.carousel.device.Queue;
import java.util.ArrayList;
import java.util.List;

/**
 * Which queue each direction of a layer runs on. The two are independent of each other: where the
 * device has a second queue they run side by side, else one after the other, which is kinder to a
 * processor's cache.
 */
final class Directions {
  private final Queue queue;
  private final List<Queue> queues = new ArrayList<>();

  /**
   * Chooses.
   *
   * @param queue the main queue
   * @param count 1 or 2
   * @param mayRunBeside false keeps everything on the main queue, where a trace looks on
   */
  Directions(Queue queue, int count, boolean mayRunBeside) {
    this.queue = queue;
    queues.add(queue);
    if (count == 2) {
      queues.add(mayRunBeside ? queue.beside() : queue);
    }
  }

  /** The directions that run side by side, group after group. */
  List<List<Integer>> groups() {
    if (queues.size() == 1) {
      return List.of(List.of(0));
    }
    return queues.get(1) == queue ? List.of(List.of(0), List.of(1)) : List.of(List.of(0, 1));
  }

  /** The queue of a direction, 0 or 1. */
  Queue queueOf(int direction) {
    return queues.get(direction);
  }

  /** What the directions do from now on sees all that the main queue did. */
  void fork() {
    queues.forEach(q -> q.await(queue));
  }

  /** What the main queue does from now on sees all that the directions did. */
  void join() {
    queues.forEach(queue::await);
  }
}
