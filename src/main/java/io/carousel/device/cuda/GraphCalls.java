package io.carousel.device.cuda;

/** {@code native/include/carousel/graph.h}; each call returns a status. */
final class GraphCalls {
  private GraphCalls() {}

  static native int begin(long stream);

  /**
   * Ends recording.
   *
   * @param graphAndNodes receives the graph's handle and its number of nodes
   */
  static native int end(long stream, long[] graphAndNodes);

  static native int abandon(long stream);

  static native int launch(long graph, long stream);

  static native int destroy(long graph);
}
