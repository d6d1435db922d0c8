package io.carousel.device.cuda;

/** {@code native/include/carousel/loss.h}; arguments as in {@link RnnKernels}. */
final class LossKernels {
  private LossKernels() {}

  static native int softmaxCrossEntropy(
      long stream,
      int rows,
      int classes,
      long logits,
      long logitsStride,
      long labels,
      long weights,
      float labelSmoothing,
      long dLogits,
      long dLogitsStride,
      long loss,
      long scratch);

  static native int logisticLoss(
      long stream,
      int rows,
      int columns,
      long logits,
      long logitsStride,
      long targets,
      long targetsStride,
      long weights,
      float positiveWeight,
      long dLogits,
      long dLogitsStride,
      long loss,
      long scratch);

  static native int squaredError(
      long stream,
      int rows,
      int columns,
      long y,
      long yStride,
      long targets,
      long targetsStride,
      long weights,
      long dy,
      long dyStride,
      long loss,
      long scratch);
}
