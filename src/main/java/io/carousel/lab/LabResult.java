package io.carousel.lab;

/**
 * An experiment that was run.
 *
 * @param experiment what was asked
 * @param outcome what came out
 * @param seconds how long it took
 */
public record LabResult(Experiment experiment, Outcome outcome, double seconds) {}
