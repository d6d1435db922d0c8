package io.carousel.device.cpu;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/**
 * oneDNN's sgemm, called directly. Addresses go through as numbers, so nothing is allocated.
 *
 * <p>oneDNN runs on OpenMP, whose number of threads is a property of each calling thread: it is set
 * to one in every thread that comes here, because the parts of a product are spread by {@link
 * WorkerPool}. The function that sets it is taken from the OpenMP library that this oneDNN is
 * linked with, whatever others are in the process.
 *
 * <p>{@code -Dcarousel.onednn=FILE} takes another build of oneDNN (with OpenMP), such as that of a
 * Linux distribution, also where the project ships none.
 */
@SuppressWarnings({"MemberName", "unused"}) // native methods bear the library's names
final class OneDnnGemm implements Gemm {
  /** The files to load for each platform, dependencies first. */
  private static final Map<String, List<String>> SHIPPED =
      Map.of("linux-x86_64", List.of("libgomp.so.1", "libdnnl.so.3"));

  private static final ThreadLocal<Boolean> SINGLE_THREADED =
      ThreadLocal.withInitial(
          () -> {
            omp_set_num_threads(1);
            return true;
          });

  private final String description;

  private OneDnnGemm(String description) {
    this.description = description;
  }

  /**
   * Loads the library; to be called once in a process.
   *
   * @throws IOException when no file can be unpacked or found
   * @throws UnsatisfiedLinkError when the file is no library of this platform, or not oneDNN with
   *     OpenMP
   */
  static OneDnnGemm load() throws IOException {
    NativeLibrary library = NativeLibrary.getInstance(libraryFile());
    Native.register(OneDnnGemm.class, library);
    int[] version = dnnl_version().getIntArray(0, 3);
    return new OneDnnGemm("oneDNN %d.%d.%d".formatted(version[0], version[1], version[2]));
  }

  private static String libraryFile() throws IOException {
    String chosen = System.getProperty("carousel.onednn");
    if (chosen != null) {
      return chosen;
    }
    String platform = Loader.getPlatform();
    List<String> files = SHIPPED.get(platform);
    if (files == null) {
      throw new IOException("oneDNN is not shipped for " + platform);
    }
    String path = "";
    for (String name : files) {
      File file = Loader.cacheResource("/org/bytedeco/dnnl/" + platform + "/" + name);
      if (file == null) {
        throw new IOException("no " + name + " for " + platform + " on the class path");
      }
      path = file.getPath();
      NativeLibrary.getInstance(path); // so that the next one finds it
    }
    return path;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      CpuBuffer a,
      long aStart,
      int lda,
      CpuBuffer b,
      long bStart,
      int ldb,
      float beta,
      CpuBuffer c,
      long cStart,
      int ldc) {
    SINGLE_THREADED.get();
    int status =
        dnnl_sgemm(
            (byte) (transposeA ? 'T' : 'N'),
            (byte) (transposeB ? 'T' : 'N'),
            m,
            n,
            k,
            alpha,
            a.address(aStart),
            lda,
            b.address(bStart),
            ldb,
            beta,
            c.address(cStart),
            ldc);
    if (status != 0) {
      throw new IllegalStateException(
          "oneDNN's sgemm (m %d, n %d, k %d) returned %d".formatted(m, n, k, status));
    }
  }

  private static native int dnnl_sgemm(
      byte transposeA,
      byte transposeB,
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

  private static native com.sun.jna.Pointer dnnl_version();

  private static native void omp_set_num_threads(int threads);
}
