package io.carousel.device.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * A layer and a chunk of time that is its turn.
 *
 * @param layer counted from the one that runs first, in backward from the top
 * @param chunk counted in the order of the pass
 */
record ChunkTurn(int layer, int chunk) {
  /** Layer after layer. */
  static List<ChunkTurn> byLayer(int layers, int chunks) {
    List<ChunkTurn> order = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        order.add(new ChunkTurn(layer, chunk));
      }
    }
    return order;
  }

  /**
   * Along the diagonals, so that when a layer's turn comes the one below has just been given the
   * same chunk and nothing after it (Appleyard, Kočiský, Blunsom 2016).
   */
  static List<ChunkTurn> wavefront(int layers, int chunks) {
    List<ChunkTurn> order = new ArrayList<>();
    for (int diagonal = 0; diagonal < layers + chunks - 1; diagonal++) {
      for (int layer = Math.min(diagonal, layers - 1);
          layer >= 0 && diagonal - layer < chunks;
          layer--) {
        order.add(new ChunkTurn(layer, diagonal - layer));
      }
    }
    return order;
  }
}
