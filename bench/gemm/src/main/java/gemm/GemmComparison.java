package gemm;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Times OpenBLAS and oneDNN in turns, with one and with two of our threads (C cut by columns, by
 * rows), at the shapes of recurrent layers. Prints GFLOP/s as a Markdown table: in each round the
 * lower quartile of ten batches, then the median of the rounds. Arguments: number of rounds, and how
 * the names of the wanted shapes begin.
 */
public final class GemmComparison {
  /** NT: C += A·Bᵀ; NN: C += A·B; TN: C += Aᵀ·B. */
  record Shape(String name, String form, int m, int n, int k) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape("S step, h·Wᵀ", "NT", 32, 512, 128),
          new Shape("S step, W transposed before", "NN", 32, 512, 128),
          new Shape("S input", "NT", 3200, 512, 64),
          new Shape("S dh", "NN", 32, 128, 512),
          new Shape("S dx", "NN", 3200, 64, 512),
          new Shape("S dW_ih", "TN", 512, 64, 3200),
          new Shape("S dW_hh", "TN", 512, 128, 3200),
          new Shape("ECG step, h·Wᵀ", "NT", 64, 512, 128),
          new Shape("ECG step, W transposed before", "NN", 64, 512, 128),
          new Shape("ECG input, I=1", "NT", 11968, 512, 1),
          new Shape("M step, h·Wᵀ", "NT", 64, 2048, 512),
          new Shape("M step, W transposed before", "NN", 64, 2048, 512),
          new Shape("M input", "NT", 6400, 2048, 512),
          new Shape("M dh", "NN", 64, 512, 2048),
          new Shape("M dx", "NN", 6400, 512, 2048),
          new Shape("M dW", "TN", 2048, 512, 6400),
          new Shape("L step, h·Wᵀ", "NT", 64, 4096, 1024),
          new Shape("L step, W transposed before", "NN", 64, 4096, 1024),
          new Shape("L dh", "NN", 64, 1024, 4096));

  private static final String[] CUTS = {"1 thread", "2, columns", "2, rows"};
  private static final long FLOATS = 6400L * 2048 + 16;

  private static volatile long wanted;
  private static volatile long finished;
  private static Runnable other = () -> {};

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    String names = args.length > 1 ? args[1] : "";
    Sgemm.load();
    Sgemm.singleThreaded();
    Thread second = new Thread(GemmComparison::secondThread);
    second.setDaemon(true);
    second.start();
    long a = numbers();
    long b = numbers();
    long c = numbers();
    System.out.print("| product | form | m × n × k |");
    for (String cut : CUTS) {
      System.out.printf(" OpenBLAS, %s | oneDNN, %s |", cut, cut);
    }
    System.out.println("\n|---|---|---|---:|---:|---:|---:|---:|---:|");
    for (Shape shape : SHAPES) {
      if (!shape.name.startsWith(names)) {
        continue;
      }
      double[][] speed = new double[6][rounds];
      for (int round = -1; round < rounds; round++) {
        for (int variant = 0; variant < 6; variant++) {
          Sgemm library = Sgemm.values()[variant % 2];
          double gflops = time(shape, library, variant / 2, a, b, c, round < 0 ? 2e8 : 1.5e9);
          speed[variant][Math.max(0, round)] = gflops;
        }
      }
      System.out.printf(
          "| %s | %s | %d × %d × %d |", shape.name, shape.form, shape.m, shape.n, shape.k);
      for (double[] variant : speed) {
        Arrays.sort(variant);
        System.out.printf(Locale.ROOT, " %.0f |", variant[rounds / 2]);
      }
      System.out.println();
    }
  }

  private static long numbers() {
    long start = (Native.malloc(4 * FLOATS + 64) + 63) & -64;
    for (long i = 0; i < FLOATS; i++) {
      new Pointer(start).setFloat(4 * i, (i * 7919 % 1000) / 1000f - 0.5f);
    }
    return start;
  }

  private static double time(
      Shape s, Sgemm library, int cut, long a, long b, long c, double operations) {
    double each = 2.0 * s.m * s.n * s.k;
    int repeats = (int) Math.max(1, Math.min(1000, operations / each));
    int batch = Math.max(1, repeats / 10);
    boolean columns = cut == 1;
    int half = ((columns ? s.n : s.m) / 2 + 15) / 16 * 16;
    int rest = (columns ? s.n : s.m) - half;
    Runnable one = () -> part(s, library, cut, cut == 0 ? (columns ? s.n : s.m) : half, 0, a, b, c);
    other = () -> part(s, library, cut, rest, half, a, b, c);
    List<Double> times = new ArrayList<>();
    for (int done = 0; done < repeats; done += batch) {
      long start = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        if (cut == 0) {
          one.run();
        } else {
          long number = wanted + 1;
          wanted = number;
          one.run();
          while (finished != number) {
            Thread.onSpinWait();
          }
        }
      }
      times.add((double) (System.nanoTime() - start) / batch);
    }
    Collections.sort(times);
    return each / times.get(times.size() / 4);
  }

  /** The rows or columns of C from {@code first} on. */
  private static void part(
      Shape s, Sgemm library, int cut, int size, int first, long a, long b, long c) {
    boolean ta = s.form.startsWith("T");
    boolean tb = s.form.endsWith("T");
    int lda = ta ? s.m : s.k;
    int ldb = tb ? s.k : s.n;
    boolean columns = cut == 1;
    long row = columns ? 0 : first;
    long column = columns ? first : 0;
    library.multiply(
        ta,
        tb,
        columns ? s.m : size,
        columns ? size : s.n,
        s.k,
        a + 4 * (ta ? row : row * lda),
        lda,
        b + 4 * (tb ? column * ldb : column),
        ldb,
        c + 4 * (row * s.n + column),
        s.n);
  }

  private static void secondThread() {
    Sgemm.singleThreaded();
    long seen = 0;
    while (true) {
      while (wanted == seen) {
        Thread.onSpinWait();
      }
      seen = wanted;
      other.run();
      finished = seen;
    }
  }
}
