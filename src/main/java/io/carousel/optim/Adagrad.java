package io.carousel.optim;

import io.carousel.device.UpdateRule;
import io.carousel.nn.ParameterSet;

/**
 * Adagrad (Duchi, Hazan, Singer 2011), as {@code torch.optim.Adagrad}; see {@link
 * UpdateRule.Adagrad}. ε = 1e-10, no decay of the learning rate and no weight decay at first.
 */
public final class Adagrad extends Optimizer {
  /** PyTorch's learning rate. */
  public static final double DEFAULT_LEARNING_RATE = 1e-2;

  private double epsilon = 1e-10;
  private double learningRateDecay;
  private double weightDecay;

  /** With {@link #DEFAULT_LEARNING_RATE}. */
  public Adagrad(ParameterSet parameters) {
    this(parameters, DEFAULT_LEARNING_RATE);
  }

  /** With that learning rate. */
  public Adagrad(ParameterSet parameters, double learningRate) {
    super(parameters, learningRate);
  }

  /** Sets ε, the number that is added to the denominator. */
  public Adagrad epsilon(double value) {
    epsilon = requireAtLeastZero("epsilon", value);
    return this;
  }

  /** Sets η: the t-th step of a parameter divides the learning rate by 1 + (t - 1)·η. */
  public Adagrad learningRateDecay(double value) {
    learningRateDecay = requireAtLeastZero("learning rate decay", value);
    return this;
  }

  /** Sets the weight decay λ, which is added to the gradient as λθ. */
  public Adagrad weightDecay(double value) {
    weightDecay = requireAtLeastZero("weight decay", value);
    return this;
  }

  @Override
  public String name() {
    return "adagrad";
  }

  @Override
  UpdateRule rule(long t) {
    double decayed = learningRate() / (1 + (double) (t - 1) * learningRateDecay);
    return new UpdateRule.Adagrad(decayed, epsilon, weightDecay);
  }

  @Override
  int statesPerParameter() {
    return 1;
  }
}
