package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.carousel.RealGpu;
import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.Precision;
import io.carousel.device.Queue;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Products of cuBLAS in each precision against plain double arithmetic. */
@Tag("gpu")
class GpuGemmTest {
  private static final int M = 37;
  private static final int N = 65;
  private static final int K = 130;

  private final Random random = new Random(1);

  private double[] numbers(int count) {
    return random.doubles(count, -1, 1).map(x -> (float) x).toArray();
  }

  @Test
  void everyTranspositionAndType() {
    try (Device device = RealGpu.open();
        Queue queue = device.openQueue()) {
      for (Precision precision : Precision.values()) {
        if (!device.supports(precision)) {
          continue;
        }
        double tolerance = tolerance(precision);
        ElementType operand = device.operandType(precision);
        for (int variant = 0; variant < 8; variant++) {
          boolean ta = (variant & 1) != 0;
          boolean tb = (variant & 2) != 0;
          ElementType result = (variant & 4) != 0 ? operand : ElementType.F32;
          try (BufferScope scope = new BufferScope(device, "test")) {
            Matrix a = scope.matrix(operand, "a", ta ? K : M, (ta ? M : K) + 3);
            Matrix b = scope.matrix(operand, "b", tb ? N : K, (tb ? K : N) + 5);
            Matrix c = scope.matrix(result, "c", M, N + 2);
            a = a.columns(1, ta ? M : K);
            b = b.columns(2, tb ? K : N);
            double[] x = send(queue, a);
            double[] y = send(queue, b);
            double[] z = send(queue, c.columns(0, N));
            queue.gemm(precision, ta, tb, 0.5, a, b, -2, c.columns(0, N));
            double[] got = new double[M * N];
            queue.download(c.columns(0, N), got, 0);
            double rounding = result == ElementType.F32 ? 0 : 1.0 / 128;
            for (int i = 0; i < got.length; i++) {
              double truth = -2 * z[i];
              for (int k = 0; k < K; k++) {
                double left = ta ? x[k * M + i / N] : x[i / N * K + k];
                double right = tb ? y[i % N * K + k] : y[k * N + i % N];
                truth += 0.5 * left * right;
              }
              double most = tolerance + rounding * Math.abs(truth);
              assertEquals(truth, got[i], most, precision + ", variant " + variant);
            }
          }
        }
      }
    }
  }

  /** Of one product of numbers up to 1, over all K terms. Operands of 16 bits are exact here. */
  private static double tolerance(Precision precision) {
    return precision == Precision.TF32 ? 2e-2 : 1e-4;
  }

  /** Uploads random numbers and returns what the device holds. */
  private double[] send(Queue queue, Matrix to) {
    double[] values = numbers((int) to.size());
    queue.upload(values, 0, to);
    queue.download(to, values, 0);
    return values;
  }

  /** 1 + 2⁻¹² needs more bits than TF32 has, so strict FP32 is seen. */
  @Test
  void strictProductsDoNotRoundToTf32() {
    try (Device device = RealGpu.open();
        Queue queue = device.openQueue();
        BufferScope scope = new BufferScope(device, "test")) {
      int size = 256; // large enough for tensor cores
      Matrix a = scope.reals("a", size, size);
      Matrix b = scope.reals("b", size, size);
      Matrix c = scope.reals("c", size, size);
      queue.fill(a, 1 + 0x1p-12);
      queue.fill(b, 1);
      double[] strict = new double[size * size];
      queue.gemm(Precision.FP32, false, true, 1, a, b, 0, c);
      queue.download(c, strict, 0);
      assertEquals(size * (1 + 0x1p-12), strict[0], 0);
      double[] rounded = new double[size * size];
      queue.gemm(Precision.TF32, false, true, 1, a, b, 0, c);
      queue.download(c, rounded, 0);
      if (((CudaDevice) device).operandType(Precision.BF16) == ElementType.BF16) {
        assertNotEquals(strict[0], rounded[0], "TF32 tensor cores round");
      }
      queue.gemm(Precision.FP32, false, true, 1, a, b, 0, c);
      double[] again = new double[size * size];
      queue.download(c, again, 0);
      assertArrayEquals(strict, again);
    }
  }
}
