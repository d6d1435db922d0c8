package io.carousel.train;

/**
 * What one epoch gave.
 *
 * @param epoch from 1
 * @param step optimizer steps so far
 * @param trainLoss mean loss of the epoch's batches as they were trained on, with dropout
 * @param validationLoss mean loss of the validation set, NaN without one
 * @param gradientNorm largest global norm of the gradients before clipping
 * @param learningRate of the epoch's last step
 * @param seconds of the epoch, validation included
 * @param samplesPerSecond in training
 */
public record EpochMetrics(
    int epoch,
    long step,
    double trainLoss,
    double validationLoss,
    double gradientNorm,
    double learningRate,
    double seconds,
    double samplesPerSecond) {}
