package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Activation;
import io.carousel.device.BufferScope;
import io.carousel.device.ElementType;
import io.carousel.device.GruVariant;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import io.carousel.device.UpdateRule;
import io.carousel.device.UpdateTarget;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operands of wrong types are refused before anything is enqueued. */
class CudaOperandTest {
  private final CudaDevice device = Emulation.open();
  private final Queue queue = device.openQueue();
  private final BufferScope scope = new BufferScope(device, "test");

  @AfterEach
  void close() {
    scope.close();
    queue.close();
    device.close();
  }

  private Matrix reals(int rows, int columns) {
    return scope.reals("reals", rows, columns);
  }

  private Matrix halves(int rows, int columns) {
    return scope.matrix(ElementType.BF16, "halves", rows, columns);
  }

  private Matrix integers(int count) {
    return scope.integers("integers", count);
  }

  @Test
  void wrongTypesAreRefused() {
    Matrix r = reals(4, 4);
    Matrix h = halves(4, 4);
    Matrix h1 = halves(1, 4);
    Matrix r1 = reals(1, 4);
    Matrix one = reals(1, 1);
    Matrix i4 = integers(4);
    Matrix gates = reals(4, 16);
    Matrix halfGates = halves(4, 16);
    Matrix gru = reals(4, 12);
    Matrix halfGru = halves(4, 12);
    LstmVariant plain = LstmVariant.STANDARD;
    GruVariant standard = GruVariant.STANDARD;
    Activation f = Activation.TANH;
    Map<String, Runnable> wrong = new LinkedHashMap<>();
    wrong.put("gemm of mixed factors", () -> queue.gemm(false, false, 1, r, h, 0, r));
    wrong.put("gemm into another type", () -> queue.gemm(false, false, 1, r, r, 0, h));
    wrong.put("gemm in FP64", () -> queue.gemm(Precision.FP64, false, false, 1, r, r, 0, r));
    wrong.put("gemm of integers", () -> queue.gemm(false, false, 1, i4, i4, 0, i4));
    wrong.put("addBias", () -> queue.addBias(r, h1));
    wrong.put("axpy", () -> queue.axpy(1, h, r));
    wrong.put("scale", () -> queue.scale(1, h));
    wrong.put("multiply", () -> queue.multiply(r, h, r));
    wrong.put("activationForward", () -> queue.activationForward(f, r, h));
    wrong.put("activationBackward", () -> queue.activationBackward(f, h, r, r));
    wrong.put("sumRows", () -> queue.sumRows(r, 0, h1));
    wrong.put("sumRows of integers", () -> queue.sumRows(i4, 0, r1));
    wrong.put("copy", () -> queue.copy(i4, r1));
    wrong.put("gatherRows", () -> queue.gatherRows(r, r1, r));
    wrong.put("gatherRows of integers", () -> queue.gatherRows(i4, integers(1), r1));
    wrong.put("scatterAddRows", () -> queue.scatterAddRows(h, i4, r));
    wrong.put("dropout", () -> queue.dropout(0.5, 1, one, null, r, r));
    wrong.put("clamp", () -> queue.clamp(h, 1));
    wrong.put("squaredNorm", () -> queue.squaredNorm(h, one));
    wrong.put("labels", () -> queue.softmaxCrossEntropy(r, r1, r1, 0, null, one));
    wrong.put("masked lengths", () -> queue.maskedSoftmaxForward(r, r1, r));
    wrong.put("masked x", () -> queue.maskedSoftmaxForward(h, i4, r));
    wrong.put("masked dX", () -> queue.maskedSoftmaxBackward(r, i4, r, h));
    MatrixBatch reals = MatrixBatch.blocks(r, 1);
    MatrixBatch halves = MatrixBatch.blocks(h, 1);
    wrong.put("batch", () -> queue.gemmStridedBatched(false, true, 1, halves, reals, 0, reals));
    wrong.put("logits", () -> queue.softmaxCrossEntropy(h, i4, r1, 0, null, one));
    wrong.put("logisticLoss", () -> queue.logisticLoss(r, h, r1, 1, null, one));
    wrong.put("squaredError", () -> queue.squaredError(r, r, r1, h, one));
    wrong.put("rnn", () -> queue.rnnForward(f, r, null, h, null, r));
    wrong.put("rnn output", () -> queue.rnnForward(f, h, null, h, null, h));
    wrong.put("rnn dh", () -> queue.rnnBackward(f, h, null, h));
    wrong.put("lstm h", () -> queue.lstmForward(plain, halfGates, null, r, null, r, null, r));
    wrong.put("lstm c", () -> queue.lstmForward(plain, halfGates, null, h, null, h, null, r));
    wrong.put("lstm dc", () -> queue.lstmBackward(plain, gates, r, null, null, h, null));
    wrong.put("gru gates", () -> queue.gruForward(standard, gru, halfGru, null, r, null, r));
    wrong.put("gru h", () -> queue.gruForward(standard, halfGru, halfGru, null, h, null, r));
    wrong.put("gru hPrev", () -> queue.gruBackward(standard, gru, gru, h, null, r));
    wrong.put("resetH", () -> queue.gruResetForward(standard, gru, null, r, h));
    wrong.put("candidate", () -> queue.gruCandidateForward(standard, gru, null, r, h, r));
    wrong.put("candidate dh", () -> queue.gruCandidateBackward(standard, gru, r, null, h));
    wrong.put("dResetH", () -> queue.gruResetBackward(standard, gru, h, r, r));
    wrong.put("update", () -> update(new UpdateTarget(r, h, null, null), 0));
    wrong.put("missing state", () -> update(new UpdateTarget(r, r, null, null), 0.9));
    wrong.forEach(
        (name, call) -> {
          IllegalArgumentException refused =
              assertThrows(IllegalArgumentException.class, call::run, name);
          assertTrue(!refused.getMessage().isBlank(), name);
        });
    queue.synchronize();
  }

  private void update(UpdateTarget target, double momentum) {
    queue.update(new UpdateRule.Sgd(0.1, momentum, false, 0, true), List.of(target), null);
  }

  @Test
  void theMessageNamesOwnerAndTypes() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> queue.addBias(reals(2, 4), halves(1, 4)));
    assertTrue(refused.getMessage().contains("halves"), refused.getMessage());
    assertTrue(refused.getMessage().contains("holds BF16, not F32"), refused.getMessage());
  }

  @Test
  void productsWithoutTermsScaleOrClear() {
    Matrix c = reals(2, 3);
    Matrix half = halves(2, 3);
    double[] numbers = new double[6];
    for (double beta : new double[] {0, 1, -0.5}) {
      queue.fill(c, beta == 0 ? Double.NaN : 4);
      queue.gemm(false, true, 1, reals(2, 0), reals(3, 0), beta, c);
      queue.download(c, numbers, 0);
      assertEquals(4 * beta, numbers[5]);
    }
    queue.fill(half, 4);
    queue.gemm(Precision.BF16, false, true, 1, halves(2, 0), halves(3, 0), 0, half);
    queue.download(half, numbers, 0);
    assertEquals(0, numbers[5]);
  }

  @Test
  void many16BitProductsAndSums() {
    Matrix a = halves(3, 5);
    Matrix b = halves(5, 2);
    queue.fill(a, 1.5);
    queue.fill(b, 2);
    double[] numbers = new double[6];
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      Matrix c = scope.matrix(type, "c", 3, 2);
      queue.gemm(Precision.BF16, false, false, 1, a, b, 0, c);
      queue.download(c, numbers, 0);
      assertEquals(15, numbers[5]);
    }
    Matrix sum = reals(1, 5);
    queue.sumRows(a, 0, sum);
    queue.download(sum, numbers, 0);
    assertEquals(4.5, numbers[4]);
  }

  @Test
  void aStepOfOperationsAllocatesUnderOneKilobyte() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int n = 2;
    int units = 4;
    Matrix weights = reals(4 * units, units);
    Matrix gates = reals(n, 4 * units);
    Matrix h = reals(n, units);
    Matrix c = reals(n, units);
    Matrix saved = reals(n, units);
    Matrix output = reals(n, units);
    Runnable step =
        () -> {
          queue.gemm(false, true, 1, h, weights, 1, gates);
          queue.lstmForward(LstmVariant.STANDARD, gates, null, c, saved, h, null, output);
          queue.lstmBackward(LstmVariant.STANDARD, gates, saved, output, h, c, null);
          queue.gemm(false, false, 1, gates, weights, 0, h);
        };
    for (int i = 0; i < 3000; i++) {
      step.run();
    }
    queue.synchronize();
    long allocations = device.allocationCount();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100; i++) {
      step.run();
    }
    long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
    assertTrue(bytes < 1000, () -> bytes + " bytes in a step");
    assertEquals(allocations, device.allocationCount());
    queue.synchronize();
  }
}
