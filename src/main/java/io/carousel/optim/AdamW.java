package io.carousel.optim;

import io.carousel.nn.ParameterSet;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as {@code torch.optim.AdamW}; λ =
 * 0.01 at first.
 */
public final class AdamW extends Adam {
  /** With {@link Adam#DEFAULT_LEARNING_RATE}. */
  public AdamW(ParameterSet parameters) {
    this(parameters, DEFAULT_LEARNING_RATE);
  }

  /** With that learning rate. */
  public AdamW(ParameterSet parameters, double learningRate) {
    super(parameters, learningRate);
    weightDecay(0.01);
  }

  @Override
  boolean decoupled() {
    return true;
  }

  @Override
  public String name() {
    return "adamw";
  }
}
