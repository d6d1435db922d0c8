package io.carousel.device.cuda;

import jcuda.Pointer;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaEvent_t;
import jcuda.runtime.cudaStream_t;

/** JCuda's objects with the numbers inside, which only subclasses may read. */
final class Handles {
  private Handles() {}

  /** An address, of the device or of pinned memory. */
  static final class Address extends Pointer {
    /** To be filled by an allocation. */
    Address() {}

    /** Of memory that is known already. */
    Address(long address) {
      super(address);
    }

    long value() {
      return getNativePointer() + getByteOffset();
    }
  }

  static final class Stream extends cudaStream_t {
    long value() {
      return getNativePointer();
    }
  }

  /** An event that carries no time. */
  static final class Event extends cudaEvent_t {}

  static final class Blas extends cublasHandle {}
}
