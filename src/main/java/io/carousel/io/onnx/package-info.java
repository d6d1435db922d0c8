/**
 * ONNX files: graphs read and written, run operator by operator, made of Carousel's models and made
 * into them. The only package that knows the format's protocol buffers.
 */
@NullMarked
package io.carousel.io.onnx;

import org.jspecify.annotations.NullMarked;
