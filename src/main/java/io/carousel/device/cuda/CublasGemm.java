package io.carousel.device.cuda;

import io.carousel.device.CloseAll;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.ElementType;
import io.carousel.device.Precision;
import io.carousel.device.cuda.CudaStream.Factor;
import io.carousel.device.cuda.Handles.Address;
import io.carousel.device.cuda.Handles.Blas;
import io.carousel.device.cuda.Handles.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.JCuda;

/**
 * Row-major products by cuBLAS, which is column-major: read by columns, a row-major matrix is its
 * transpose, and cᵀ = op(b)ᵀ · op(a)ᵀ. So the factors change places, and nothing else does. Handle
 * and workspace belong to one stream, which makes results the same from run to run and lets
 * products be captured.
 */
final class CublasGemm implements AutoCloseable {
  private static final long WORKSPACE_BYTES = 32L << 20;

  /** The algorithm is cuBLAS's choice (CUBLAS_GEMM_DEFAULT). */
  private static final int ALGORITHM = -1;

  private final Blas handle = new Blas();
  private final ByteBuffer scalars =
      ByteBuffer.allocateDirect(2 * Float.BYTES).order(ByteOrder.nativeOrder());
  private final Address alphaAddress = new Address(NativeCalls.address(scalars));
  private final Address betaAddress = new Address(NativeCalls.address(scalars) + Float.BYTES);

  /** What {@link #close} gives back, the last one first. */
  private final List<AutoCloseable> owned = new ArrayList<>();

  CublasGemm(Stream stream) {
    Address workspace = new Address();
    JCudaRuntime.check("cudaMalloc", JCuda.cudaMalloc(workspace, WORKSPACE_BYTES));
    owned.add(() -> JCudaRuntime.check("cudaFree", JCuda.cudaFree(workspace)));
    try {
      check("cublasCreate", JCublas2.cublasCreate(handle));
      owned.add(() -> check("cublasDestroy", JCublas2.cublasDestroy(handle)));
      check("cublasSetStream", JCublas2.cublasSetStream(handle, stream));
      // after the stream, which takes cuBLAS's own workspace
      check("cublasSetWorkspace", JCublas2.cublasSetWorkspace(handle, workspace, WORKSPACE_BYTES));
      // no TF32 unless a call asks for it; partial sums of 16-bit products stay float
      check(
          "cublasSetMathMode",
          JCublas2.cublasSetMathMode(
              handle,
              cublasMath.CUBLAS_DEFAULT_MATH
                  | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
      check(
          "cublasSetAtomicsMode",
          JCublas2.cublasSetAtomicsMode(handle, cublasAtomicsMode.CUBLAS_ATOMICS_NOT_ALLOWED));
    } catch (DeviceException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  /** Throws unless a status of cuBLAS is 0. */
  static void check(String operation, int status) {
    if (status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED) {
      throw new DeviceOutOfMemoryException(operation + " finds no memory on the GPU");
    }
    if (status != 0) {
      JCudaRuntime.check(operation, JCuda.cudaGetLastError()); // says more, where there is one
      throw CudaStatus.failure(
          operation,
          status,
          JCublas2.cublasGetStatusName(status),
          JCublas2.cublasGetStatusString(status));
    }
  }

  /** As {@link CudaStream#gemm}. */
  void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      ElementType operandType,
      long a,
      long strideA,
      long b,
      long strideB,
      float beta,
      ElementType resultType,
      long c,
      long strideC) {
    scalars.putFloat(0, alpha);
    scalars.putFloat(Float.BYTES, beta);
    int dataType = dataType(operandType);
    boolean tf32 = operandType == ElementType.F32 && precision == Precision.TF32;
    check(
        "cublasGemmEx",
        JCublas2.cublasGemmEx_new(
            handle,
            operation(transposeB),
            operation(transposeA),
            n,
            m,
            k,
            alphaAddress,
            new Address(b),
            dataType,
            Math.toIntExact(strideB),
            new Address(a),
            dataType,
            Math.toIntExact(strideA),
            betaAddress,
            new Address(c),
            dataType(resultType),
            Math.toIntExact(strideC),
            tf32
                ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F,
            ALGORITHM));
  }

  /** As {@link CudaStream#gemmStridedBatched}. */
  void gemmStridedBatched(
      int count,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      Factor a,
      Factor b,
      float beta,
      Factor c) {
    scalars.putFloat(0, alpha);
    scalars.putFloat(Float.BYTES, beta);
    check(
        "cublasGemmStridedBatchedEx",
        JCublas2.cublasGemmStridedBatchedEx_new(
            handle,
            operation(transposeB),
            operation(transposeA),
            n,
            m,
            k,
            alphaAddress,
            new Address(b.address()),
            cudaDataType.CUDA_R_32F,
            Math.toIntExact(b.stride()),
            b.distance(),
            new Address(a.address()),
            cudaDataType.CUDA_R_32F,
            Math.toIntExact(a.stride()),
            a.distance(),
            betaAddress,
            new Address(c.address()),
            cudaDataType.CUDA_R_32F,
            Math.toIntExact(c.stride()),
            c.distance(),
            count,
            cublasComputeType.CUBLAS_COMPUTE_32F,
            ALGORITHM));
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int dataType(ElementType type) {
    return switch (type) {
      case F32 -> cudaDataType.CUDA_R_32F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      case F16 -> cudaDataType.CUDA_R_16F;
      case F64, I32 -> throw new IllegalArgumentException("no products of " + type);
    };
  }

  @Override
  public void close() {
    CloseAll.inReverse(owned);
  }
}
