package io.carousel.device;

/** An element-wise function whose derivative follows from its value. */
public enum Activation {
  /** y = x. */
  IDENTITY,
  /** y = 1 / (1 + exp(-x)), dy/dx = y (1 - y). */
  SIGMOID,
  /** y = tanh x, dy/dx = 1 - y². */
  TANH,
  /** y = max(x, 0), dy/dx = 1 where y &gt; 0, else 0. */
  RELU
}
