package io.carousel.io.onnx;

import java.util.Map;

/**
 * A graph with what a file says about it.
 *
 * @param opset version of the standard operators
 * @param producer which program wrote it
 * @param metadata further words, by name
 * @param graph what it computes
 */
record OnnxModel(int opset, String producer, Map<String, String> metadata, OnnxGraph graph) {}
