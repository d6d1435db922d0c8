package io.carousel.device;

/** Number formats of the products inside a recurrent stack. */
public enum Precision {
  /** IEEE binary64 throughout; the {@code reference} device. */
  FP64,
  /** IEEE binary32 throughout. */
  FP32,
  /** binary32 storage, products on TF32 tensor cores. */
  TF32,
  /** bfloat16 operands, binary32 accumulation and cell state. */
  BF16,
  /** binary16 operands, binary32 accumulation and cell state; not for training. */
  FP16
}
