package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOutOfMemoryException;

/** What the status of a call says: nothing, or an exception. */
final class CudaStatus {
  static final int MEMORY_ALLOCATION = 2;

  /** {@code CAROUSEL_UNSUPPORTED}. */
  static final int UNSUPPORTED = -2;

  private CudaStatus() {}

  /** Throws unless the status is 0. */
  static void check(String operation, int status) {
    if (status != 0) {
      throw failure(operation, status);
    }
  }

  /** The exception for a status of the kernel library or of the CUDA runtime. */
  static DeviceException failure(String operation, int status) {
    return failure(
        operation, status, NativeCalls.statusName(status), NativeCalls.statusText(status));
  }

  /** The exception for any code with its name and meaning. */
  static DeviceException failure(String operation, int code, String name, String text) {
    String message =
        "%s failed with %s (%d): %s%s"
            .formatted(
                operation,
                name,
                code,
                text,
                isSticky(code) ? "; it may stem from an earlier operation" : "");
    return code == MEMORY_ALLOCATION
        ? new DeviceOutOfMemoryException(message)
        : new DeviceException(message, operation, code, name);
  }

  /**
   * Whether the error was met while work ran, and leaves the GPU unusable for the rest of the
   * process: all later calls give it again (CUDA runtime API, cudaError_t).
   */
  static boolean isSticky(int code) {
    return switch (code) {
      case 127, // external device
          214, // uncorrectable ECC error
          220, // uncorrectable NVLink error
          700, // illegal address
          702, // launch timeout
          709, // context is destroyed
          710, // assertion
          714, // hardware stack error
          715, // illegal instruction
          716, // misaligned address
          717, // invalid address space
          718, // invalid program counter
          719, // launch failure
          721, // tensor memory leak
          999 -> // unknown
          true;
      default -> false;
    };
  }
}
