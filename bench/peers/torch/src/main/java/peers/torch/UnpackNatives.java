package peers.torch;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.mkl.global.mkl_rt;

/**
 * Unpacks libtorch and MKL into JavaCPP's cache, where {@code peers.list} finds the files that a
 * worker must preload.
 */
public final class UnpackNatives {
  private UnpackNatives() {}

  /** No arguments. */
  public static void main(String[] args) {
    Loader.load(mkl_rt.class);
    Loader.load(org.bytedeco.pytorch.global.torch.class);
  }
}
