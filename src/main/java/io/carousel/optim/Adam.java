package io.carousel.optim;

import io.carousel.device.UpdateRule;
import io.carousel.nn.ParameterSet;

/**
 * Adam (Kingma and Ba 2015), as {@code torch.optim.Adam}; see {@link UpdateRule.Adam}. β1 = 0.9, β2
 * = 0.999, ε = 1e-8 and no weight decay at first.
 */
public sealed class Adam extends Optimizer permits AdamW {
  /** PyTorch's learning rate. */
  public static final double DEFAULT_LEARNING_RATE = 1e-3;

  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;
  private double weightDecay;

  /** With {@link #DEFAULT_LEARNING_RATE}. */
  public Adam(ParameterSet parameters) {
    this(parameters, DEFAULT_LEARNING_RATE);
  }

  /** With that learning rate. */
  public Adam(ParameterSet parameters, double learningRate) {
    super(parameters, learningRate);
  }

  /** Sets the decay of the running means of gradients (β1) and squares (β2), each in [0, 1). */
  public Adam betas(double first, double second) {
    beta1 = requireDecay("beta1", first);
    beta2 = requireDecay("beta2", second);
    return this;
  }

  /** Sets ε, the number that is added to the denominator. */
  public Adam epsilon(double value) {
    epsilon = requireAtLeastZero("epsilon", value);
    return this;
  }

  /** Sets the weight decay λ. */
  public Adam weightDecay(double value) {
    weightDecay = requireAtLeastZero("weight decay", value);
    return this;
  }

  /** Whether weight decay acts on the parameter itself, not on its gradient. */
  boolean decoupled() {
    return false;
  }

  @Override
  public String name() {
    return "adam";
  }

  @Override
  final UpdateRule rule(long t) {
    return new UpdateRule.Adam(learningRate(), beta1, beta2, epsilon, weightDecay, decoupled(), t);
  }

  @Override
  final int statesPerParameter() {
    return 2;
  }
}
