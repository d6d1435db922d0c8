package io.carousel.device.cuda;

import io.carousel.device.RecurrentSpec;

/** Which launches of a stack run side by side, each on a part of the GPU. */
enum Sharing {
  /** Each has the GPU to itself. */
  NONE,

  /** Those of the two directions of a layer. */
  DIRECTIONS,

  /** Those of layers, in a wavefront over chunks of time. */
  LAYERS;

  /**
   * What a stack can gain from.
   *
   * @param wavefront whether the user lets layers run as one
   * @param recompute whether backward computes gates again
   */
  static Sharing of(RecurrentSpec spec, boolean wavefront, boolean recompute) {
    if (spec.directions() == 2) {
      // gates that are computed again are overwritten chunk by chunk: directions then take turns
      return recompute ? NONE : DIRECTIONS;
    }
    return wavefront && spec.numLayers() > 1 ? LAYERS : NONE;
  }
}
