package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import io.carousel.device.cuda.Handles.Address;
import io.carousel.device.cuda.Handles.Blas;
import io.carousel.device.cuda.Handles.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import jcuda.jcublas.JCublas2;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaDeviceProp;

/**
 * A real GPU, through JCuda. Calls return codes, which are checked one by one; JCuda's exceptions
 * stay off, being a switch of the whole process. To be touched only where a driver is known to be
 * there: a class of JCuda whose initialiser failed stays broken.
 */
final class JCudaRuntime implements CudaRuntime {
  /** The GPU that each thread's calls go to, as far as this class set it. */
  private static final ThreadLocal<Integer> CURRENT = new ThreadLocal<>();

  private final int ordinal;
  private final cudaDeviceProp properties = new cudaDeviceProp();
  private final int cublasVersion;

  /** New memory is zeroed here, not on the legacy stream: others may be recording. */
  private final Stream zeroing = new Stream();

  private final int leastPriority;
  private final int greatestPriority;

  private JCudaRuntime(int ordinal) {
    this.ordinal = ordinal;
    bindThread();
    check("cudaGetDeviceProperties", JCuda.cudaGetDeviceProperties(properties, ordinal));
    int[] least = new int[1];
    int[] greatest = new int[1];
    check(
        "cudaDeviceGetStreamPriorityRange",
        JCuda.cudaDeviceGetStreamPriorityRange(least, greatest));
    leastPriority = least[0];
    greatestPriority = greatest[0];
    cublasVersion = readCublasVersion();
    check(
        "cudaStreamCreateWithFlags",
        JCuda.cudaStreamCreateWithFlags(zeroing, JCuda.cudaStreamNonBlocking));
  }

  /**
   * Opens a GPU. JCuda, cuBLAS and the kernel library must have been loaded.
   *
   * @param ordinal which one, from 0
   * @throws DeviceException when it cannot be used
   */
  static JCudaRuntime open(int ordinal) {
    return new JCudaRuntime(ordinal);
  }

  private static int readCublasVersion() {
    Blas handle = new Blas();
    CublasGemm.check("cublasCreate", JCublas2.cublasCreate(handle));
    int[] version = new int[1];
    int status = JCublas2.cublasGetVersion(handle, version);
    CublasGemm.check("cublasDestroy", JCublas2.cublasDestroy(handle));
    CublasGemm.check("cublasGetVersion", status);
    return version[0];
  }

  /** Throws unless a code of the CUDA runtime is 0. */
  static void check(String operation, int code) {
    if (code != 0) {
      throw CudaStatus.failure(
          operation, code, JCuda.cudaGetErrorName(code), JCuda.cudaGetErrorString(code));
    }
  }

  @Override
  public String description() {
    int[] driver = new int[1];
    check("cudaDriverGetVersion", JCuda.cudaDriverGetVersion(driver));
    return String.format(
        Locale.ROOT,
        "%s, compute capability %d.%d, %.1f GiB, driver for CUDA %d.%d, cuBLAS %d.%d.%d",
        nameOf(properties),
        properties.major,
        properties.minor,
        properties.totalGlobalMem / (double) (1L << 30),
        driver[0] / 1000,
        driver[0] % 1000 / 10,
        cublasVersion / 10000,
        cublasVersion % 10000 / 100,
        cublasVersion % 100);
  }

  /** The GPU's name as it is; JCuda's own accessor drops hyphens. */
  static String nameOf(cudaDeviceProp properties) {
    String padded = new String(properties.name, StandardCharsets.UTF_8);
    int end = padded.indexOf('\0');
    return end < 0 ? padded : padded.substring(0, end);
  }

  @Override
  public void bindThread() {
    Integer current = CURRENT.get();
    if (current == null || current != ordinal) {
      check("cudaSetDevice", JCuda.cudaSetDevice(ordinal));
      CudaStatus.check("setting the device of the kernels", NativeCalls.setDevice(ordinal));
      CURRENT.set(ordinal);
    }
  }

  @Override
  public long allocate(long bytes) {
    Address memory = new Address();
    int code = JCuda.cudaMalloc(memory, bytes);
    if (code == CudaStatus.MEMORY_ALLOCATION) {
      JCuda.cudaGetLastError(); // the code is told again otherwise
      return 0;
    }
    check("cudaMalloc", code);
    try {
      check("cudaMemsetAsync", JCuda.cudaMemsetAsync(memory, 0, bytes, zeroing));
      check("cudaStreamSynchronize", JCuda.cudaStreamSynchronize(zeroing));
    } catch (DeviceException e) {
      JCuda.cudaFree(memory); // the first failure is the one to be told
      throw e;
    }
    return memory.value();
  }

  @Override
  public void free(long address) {
    check("cudaFree", JCuda.cudaFree(new Address(address))); // waits for all work
  }

  @Override
  public long freeBytes() {
    long[] free = new long[1];
    long[] total = new long[1];
    check("cudaMemGetInfo", JCuda.cudaMemGetInfo(free, total));
    return free[0];
  }

  @Override
  public ByteBuffer allocatePinned(int bytes) {
    Address memory = new Address();
    check("cudaHostAlloc", JCuda.cudaHostAlloc(memory, bytes, JCuda.cudaHostAllocPortable));
    return memory.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void freePinned(ByteBuffer memory) {
    check("cudaFreeHost", JCuda.cudaFreeHost(new Address(NativeCalls.address(memory))));
  }

  @Override
  public CudaStream openStream(boolean first) {
    return new JCudaStream(first ? greatestPriority : leastPriority);
  }

  @Override
  public boolean hasBf16() {
    return properties.major >= 8;
  }

  @Override
  public int multiprocessors() {
    return properties.multiProcessorCount;
  }

  /** The context stays: it is the process's, and others may use it. */
  @Override
  public void close() {
    check("cudaStreamDestroy", JCuda.cudaStreamDestroy(zeroing));
  }
}
