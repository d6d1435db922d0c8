package gemm;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;

/** Single-threaded, row-major sgemm of both libraries, called in the same way. */
enum Sgemm {
  OPENBLAS {
    @Override
    void multiply(
        boolean ta,
        boolean tb,
        int m,
        int n,
        int k,
        long a,
        int lda,
        long b,
        int ldb,
        long c,
        int ldc) {
      OpenBlas.cblas_sgemm(
          101, ta ? 112 : 111, tb ? 112 : 111, m, n, k, 1f, a, lda, b, ldb, 1f, c, ldc);
    }
  },
  ONEDNN {
    @Override
    void multiply(
        boolean ta,
        boolean tb,
        int m,
        int n,
        int k,
        long a,
        int lda,
        long b,
        int ldb,
        long c,
        int ldc) {
      byte x = (byte) (ta ? 'T' : 'N');
      byte y = (byte) (tb ? 'T' : 'N');
      if (OneDnn.dnnl_sgemm(x, y, m, n, k, 1f, a, lda, b, ldb, 1f, c, ldc) != 0) {
        throw new IllegalStateException("oneDNN refused");
      }
    }
  };

  /** C[m, n] ← op(A) · op(B) + C. */
  abstract void multiply(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      long a,
      int lda,
      long b,
      int ldb,
      long c,
      int ldc);

  static final class OpenBlas {
    static native void cblas_sgemm(
        int order,
        int ta,
        int tb,
        int m,
        int n,
        int k,
        float alpha,
        long a,
        int lda,
        long b,
        int ldb,
        float beta,
        long c,
        int ldc);

    static native void openblas_set_num_threads(int threads);
  }

  static final class OneDnn {
    static native int dnnl_sgemm(
        byte ta,
        byte tb,
        long m,
        long n,
        long k,
        float alpha,
        long a,
        long lda,
        long b,
        long ldb,
        float beta,
        long c,
        long ldc);

    static native void omp_set_num_threads(int threads);
  }

  /** Loads both libraries out of their jars. */
  static void load() throws IOException {
    register(
        OpenBlas.class,
        "openblas",
        "libgcc_s.so.1",
        "libquadmath.so.0",
        "libgfortran.so.5",
        "libopenblas.so.0");
    register(OneDnn.class, "dnnl", "libgomp.so.1", "libdnnl.so.3");
    OpenBlas.openblas_set_num_threads(1);
  }

  private static void register(Class<?> functions, String folder, String... files)
      throws IOException {
    NativeLibrary library = null;
    for (String name : files) {
      File file = Loader.cacheResource("/org/bytedeco/" + folder + "/linux-x86_64/" + name);
      library = NativeLibrary.getInstance(file.getPath());
    }
    Native.register(functions, library);
  }

  /** To be called in each thread that multiplies. */
  static void singleThreaded() {
    OneDnn.omp_set_num_threads(1);
  }
}
