package io.carousel.task.translation;

/**
 * What a search found.
 *
 * @param ids without the end
 * @param logProbability of the ids and the end, in nats
 * @param score by which hypotheses compare; see {@link Beam}
 */
public record Hypothesis(int[] ids, double logProbability, double score) {}
