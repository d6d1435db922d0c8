package io.carousel.device;

/**
 * An optimizer's formula with its numbers for one step, by PyTorch's definitions ({@code
 * torch.optim}). θ is a parameter, g its gradient times the gradient scale. Unless decoupled,
 * weight decay first adds λθ to g.
 */
public sealed interface UpdateRule {
  /**
   * Stochastic gradient descent: buf ← μ·buf + g (buf ← g in the first step); g ← g + μ·buf with
   * Nesterov, else buf; θ ← θ - lr·g. State: first = buf when μ &gt; 0.
   *
   * @param learningRate lr
   * @param momentum μ
   * @param nesterov whether the gradient is looked up ahead (Nesterov 1983)
   * @param weightDecay λ
   * @param firstStep whether buf is still empty
   */
  record Sgd(
      double learningRate, double momentum, boolean nesterov, double weightDecay, boolean firstStep)
      implements UpdateRule {}

  /**
   * Adam (Kingma and Ba 2015), AdamW when decoupled (Loshchilov and Hutter 2019): m ← β1·m +
   * (1-β1)g; v ← β2·v + (1-β2)g²; θ ← θ - lr/(1-β1^t) · m / (√v/√(1-β2^t) + ε). Decoupled decay
   * first multiplies θ by 1 - lr·λ. States: m, v.
   *
   * @param learningRate lr
   * @param beta1 β1
   * @param beta2 β2
   * @param epsilon ε
   * @param weightDecay λ
   * @param decoupled AdamW's decay
   * @param step t, from 1
   */
  record Adam(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      boolean decoupled,
      long step)
      implements UpdateRule {}

  /**
   * RMSProp (Tieleman and Hinton 2012): v ← α·v + (1-α)g²; u = g / (√v + ε); with momentum buf ←
   * μ·buf + u, θ ← θ - lr·buf; else θ ← θ - lr·u. States: v, and buf when μ &gt; 0.
   *
   * @param learningRate lr
   * @param alpha α
   * @param epsilon ε
   * @param momentum μ
   * @param weightDecay λ
   */
  record RmsProp(
      double learningRate, double alpha, double epsilon, double momentum, double weightDecay)
      implements UpdateRule {}

  /**
   * Adagrad (Duchi, Hazan, Singer 2011): s ← s + g²; θ ← θ - lr_t · g / (√s + ε), the caller decays
   * lr_t. State: s.
   *
   * @param learningRate lr_t
   * @param epsilon ε
   * @param weightDecay λ
   */
  record Adagrad(double learningRate, double epsilon, double weightDecay) implements UpdateRule {}
}
