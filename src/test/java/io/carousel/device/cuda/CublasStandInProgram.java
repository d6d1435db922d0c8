package io.carousel.device.cuda;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasGemmStridedBatchedEx_new;
import static jcuda.jcublas.JCublas2.cublasGetVersion;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.JCublas2.cublasSgemv;

import io.carousel.device.BundledLibrary;
import io.carousel.device.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import jcuda.Pointer;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaStream_t;

/** What {@link CublasStandInTest} runs in processes of their own. */
final class CublasStandInProgram {
  private CublasStandInProgram() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("unpack")) {
      unpack();
    } else {
      calls(arguments[1]);
    }
  }

  private static void unpack() {
    try {
      BundledLibrary.load(CublasStandIn.LIBRARY);
    } catch (DeviceException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void calls(String cublas) throws Exception {
    CublasFolders folders = new CublasFolders(Path.of("/"), Map.of(CublasFolders.VARIABLE, cublas));
    System.out.println("cuBLAS " + CublasLibrary.load(folders, 13000).major());
    cublasHandle handle = new cublasHandle();
    try (PrivateTemporaryFolder temporary = new PrivateTemporaryFolder()) {
      System.out.println("create " + cublasCreate(handle));
    }
    int[] version = {0};
    System.out.println("version " + cublasGetVersion(handle, version) + " " + version[0]);
    System.out.println("stream " + cublasSetStream(handle, new cudaStream_t()));
    System.out.println(
        "workspace " + cublasSetWorkspace(handle, new Address(0x7f0000001000L), 32L << 20));
    Pointer a = new Address(0xA0000000L);
    Pointer b = new Address(0xB0000000L).withByteOffset(0x40);
    Pointer c = new Address(0xC0000000L);
    Pointer alpha = number(1.5f);
    Pointer beta = number(0.25f);
    System.out.println(
        "gemm "
            + cublasGemmEx_new(
                handle, 0, 1, 2, 3, 4, alpha, a, 14, 5, b, 14, 6, beta, c, 0, 7, 77, -1));
    System.out.println(
        "batched "
            + cublasGemmStridedBatchedEx_new(
                handle, 1, 0, 2, 3, 4, alpha, a, 14, 5, 1L << 33, b, 14, 6, 2L << 33, beta, c, 0, 7,
                3L << 33, 9, 68, -1));
    System.out.println(
        "not in version 13: " + cublasSgemv(handle, 0, 1, 1, alpha, a, 1, b, 1, beta, c, 1));
    System.out.println("destroy " + cublasDestroy(handle));
  }

  private static Pointer number(float value) {
    ByteBuffer direct = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
    return Pointer.to(direct.putFloat(0, value));
  }

  private static final class Address extends Pointer {
    Address(long address) {
      super(address);
    }
  }
}
