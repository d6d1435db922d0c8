package io.carousel.optim;

import io.carousel.device.UpdateRule;
import io.carousel.nn.ParameterSet;

/**
 * Stochastic gradient descent with momentum (Polyak 1964, Nesterov 1983), as {@code
 * torch.optim.SGD} without dampening; see {@link UpdateRule.Sgd}. Without momentum and weight decay
 * at first.
 */
public final class Sgd extends Optimizer {
  private double momentum;
  private boolean nesterov;
  private double weightDecay;

  /** With that learning rate. */
  public Sgd(ParameterSet parameters, double learningRate) {
    super(parameters, learningRate);
  }

  /** Sets the momentum μ, in [0, 1). */
  public Sgd momentum(double value) {
    momentum = requireDecay("momentum", value);
    return this;
  }

  /** Sets a momentum in (0, 1) and looks the gradient up ahead. */
  public Sgd nesterov(double value) {
    if (value == 0) {
      throw new IllegalArgumentException("Nesterov's method needs a momentum above 0");
    }
    nesterov = true;
    return momentum(value);
  }

  /** Sets the weight decay λ, which is added to the gradient as λθ. */
  public Sgd weightDecay(double value) {
    weightDecay = requireAtLeastZero("weight decay", value);
    return this;
  }

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  UpdateRule rule(long t) {
    return new UpdateRule.Sgd(learningRate(), momentum, nesterov, weightDecay, t == 1);
  }

  @Override
  int statesPerParameter() {
    return momentum > 0 ? 1 : 0;
  }
}
