package io.carousel.serve;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The limits of a pool; {@link SessionPool.Builder} says what they mean. */
record PoolSettings(
    int workers,
    int maxBatch,
    Duration maxDelay,
    int maxQueued,
    int maxSessions,
    int maxResident,
    @Nullable Duration idleAfter,
    @Nullable Duration expireAfter,
    SessionStore store) {}
