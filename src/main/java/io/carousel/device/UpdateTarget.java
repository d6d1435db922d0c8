package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * One parameter as an optimizer sees it; all matrices are contiguous and of one shape.
 *
 * @param value the parameter; read and overwritten
 * @param gradient read, not changed
 * @param first first state, where the rule has one: momentum buffer, running mean of gradients, or
 *     of squares
 * @param second second state: Adam's running mean of squares, RMSProp's momentum buffer
 */
public record UpdateTarget(
    Matrix value, Matrix gradient, @Nullable Matrix first, @Nullable Matrix second) {}
