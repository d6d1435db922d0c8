package io.carousel.optim;

import io.carousel.device.UpdateRule;
import io.carousel.nn.ParameterSet;

/**
 * RMSProp (Tieleman and Hinton 2012), as {@code torch.optim.RMSprop}, not centred; see {@link
 * UpdateRule.RmsProp}. α = 0.99, ε = 1e-8, no momentum and no weight decay at first.
 */
public final class RmsProp extends Optimizer {
  /** PyTorch's learning rate. */
  public static final double DEFAULT_LEARNING_RATE = 1e-2;

  private double alpha = 0.99;
  private double epsilon = 1e-8;
  private double momentum;
  private double weightDecay;

  /** With {@link #DEFAULT_LEARNING_RATE}. */
  public RmsProp(ParameterSet parameters) {
    this(parameters, DEFAULT_LEARNING_RATE);
  }

  /** With that learning rate. */
  public RmsProp(ParameterSet parameters, double learningRate) {
    super(parameters, learningRate);
  }

  /** Sets α, the decay of the running mean of squares, in [0, 1). */
  public RmsProp alpha(double value) {
    alpha = requireDecay("alpha", value);
    return this;
  }

  /** Sets ε, the number that is added to the denominator. */
  public RmsProp epsilon(double value) {
    epsilon = requireAtLeastZero("epsilon", value);
    return this;
  }

  /** Sets the momentum μ, in [0, 1). */
  public RmsProp momentum(double value) {
    momentum = requireDecay("momentum", value);
    return this;
  }

  /** Sets the weight decay λ, which is added to the gradient as λθ. */
  public RmsProp weightDecay(double value) {
    weightDecay = requireAtLeastZero("weight decay", value);
    return this;
  }

  @Override
  public String name() {
    return "rmsprop";
  }

  @Override
  UpdateRule rule(long t) {
    return new UpdateRule.RmsProp(learningRate(), alpha, epsilon, momentum, weightDecay);
  }

  @Override
  int statesPerParameter() {
    return momentum > 0 ? 2 : 1;
  }
}
