package io.carousel.device;

import java.util.List;

/**
 * The weights of a stack.
 *
 * @param runs of each layer and direction, index k·D + d
 * @param version rises with every write of any of them; plans that keep packed or cast copies make
 *     new ones when it differs
 */
public record StackWeights(List<LayerWeights> runs, long version) {}
