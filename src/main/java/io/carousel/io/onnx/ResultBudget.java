package io.carousel.io.onnx;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How much the operators of one run may make together, lest a small file fills the memory. */
final class ResultBudget {
  /** Half a gigabyte of doubles. */
  static final long ELEMENTS = 1L << 26;

  private long made;

  /**
   * Counts what an operator made; operands that it only gave another shape are not counted again.
   *
   * @throws IllegalArgumentException when it was too much
   */
  void count(List<OnnxTensor> results, List<@Nullable OnnxTensor> operands) {
    for (OnnxTensor result : results) {
      boolean isOperand =
          operands.stream().filter(Objects::nonNull).anyMatch(o -> o.values() == result.values());
      made += isOperand ? 0 : result.size();
    }
    if (made > ELEMENTS) {
      throw new IllegalArgumentException(
          "the results of this run are larger than the %d elements that they may have together"
              .formatted(ELEMENTS));
    }
  }
}
