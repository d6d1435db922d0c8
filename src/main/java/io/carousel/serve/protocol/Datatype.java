package io.carousel.serve.protocol;

/** The protocol's types of numbers that Carousel takes. */
public enum Datatype {
  /** 32-bit floating point. */
  FP32,
  /** 32-bit integer. */
  INT32,
  /** 64-bit integer; what it holds must fit 32 bits all the same. */
  INT64;

  boolean isInteger() {
    return this != FP32;
  }
}
