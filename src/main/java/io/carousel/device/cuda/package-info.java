/** NVIDIA GPUs: memory, streams and products through JCuda and cuBLAS, own kernels through JNI. */
@NullMarked
package io.carousel.device.cuda;

import org.jspecify.annotations.NullMarked;
