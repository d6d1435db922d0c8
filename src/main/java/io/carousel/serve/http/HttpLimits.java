package io.carousel.serve.http;

import java.time.Duration;

/**
 * What one client, or all together, may take of a server. {@link #DEFAULT} suits some thousand
 * streams of one model on one machine; {@link #builder} makes others. Times beyond a century count
 * as one.
 *
 * @param bodyBytes of one request
 * @param bufferedBytes of the bodies of all requests that are being received or answered
 * @param headerBytes of a request line with its headers
 * @param uriBytes of a request's URI
 * @param headerTime from the first byte of a request to the last of its headers; also for a new
 *     connection's first byte
 * @param bodyTime for a body
 * @param sendTime for an answer that is no event stream
 * @param keepAlive between an answer and the first byte of the next request
 * @param idle without any byte in the midst of a body or an answer
 * @param connections open at once; beyond, those that have waited longest for a request are closed
 * @param requests answered at once; beyond, the answer is 503
 * @param steps batch × time of one inference, which bounds what it takes of memory
 * @param eventStreams open at once; beyond, the answer is 503
 * @param drain for the requests under way when the server is closed
 */
public record HttpLimits(
    int bodyBytes,
    long bufferedBytes,
    int headerBytes,
    int uriBytes,
    Duration headerTime,
    Duration bodyTime,
    Duration sendTime,
    Duration keepAlive,
    Duration idle,
    int connections,
    int requests,
    int steps,
    int eventStreams,
    Duration drain) {
  /** As good as never, and still a long in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final int MOST_THREADS = 10_000;

  /** 16 MiB a body, 4,096 connections, 256 requests and 64 event streams at once. */
  public static final HttpLimits DEFAULT = builder().build();

  /** Checks that every limit is positive, and can be kept. */
  public HttpLimits {
    positive("bodyBytes", bodyBytes);
    positive("bufferedBytes", bufferedBytes);
    positive("headerBytes", headerBytes);
    positive("uriBytes", uriBytes);
    headerTime = positive("headerTime", headerTime);
    bodyTime = positive("bodyTime", bodyTime);
    sendTime = positive("sendTime", sendTime);
    keepAlive = positive("keepAlive", keepAlive);
    idle = positive("idle", idle);
    positive("connections", connections);
    positive("requests", requests);
    positive("steps", steps);
    positive("eventStreams", eventStreams);
    drain = positive("drain", drain);
    if (Math.max(requests, eventStreams) > MOST_THREADS) {
      throw new IllegalArgumentException(
          "requests and eventStreams must be at most %d, as each takes a thread, got %d"
              .formatted(MOST_THREADS, Math.max(requests, eventStreams)));
    }
    if (bufferedBytes < bodyBytes) {
      throw new IllegalArgumentException(
          "bufferedBytes must be at least bodyBytes %d, got %d"
              .formatted(bodyBytes, bufferedBytes));
    }
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  /** At least a millisecond; a time that no clock counts becomes the longest one. */
  private static Duration positive(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(name + " must be at least 1 ms, got " + value);
    }
    return value.compareTo(LONGEST) > 0 ? LONGEST : value;
  }

  /** Limits to be, at first those of {@link #DEFAULT}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Sets the limits by name. */
  public static final class Builder {
    private int bodyBytes = 16 << 20;
    private long bufferedBytes = 256L << 20;
    private int headerBytes = 8 << 10;
    private int uriBytes = 2 << 10;
    private Duration headerTime = Duration.ofSeconds(10);
    private Duration bodyTime = Duration.ofSeconds(30);
    private Duration sendTime = Duration.ofSeconds(60);
    private Duration keepAlive = Duration.ofSeconds(75);
    private Duration idle = Duration.ofSeconds(20);
    private int connections = 4_096;
    private int requests = 256;
    private int steps = 262_144;
    private int eventStreams = 64;
    private Duration drain = Duration.ofSeconds(30);

    private Builder() {}

    /** Sets {@link HttpLimits#bodyBytes}; all bodies may take at least four times as much. */
    public Builder bodyBytes(int value) {
      bodyBytes = value;
      bufferedBytes = Math.max(bufferedBytes, 4L * value);
      return this;
    }

    /** Sets {@link HttpLimits#bufferedBytes}. */
    public Builder bufferedBytes(long value) {
      bufferedBytes = value;
      return this;
    }

    /** Sets {@link HttpLimits#headerBytes}. */
    public Builder headerBytes(int value) {
      headerBytes = value;
      return this;
    }

    /** Sets {@link HttpLimits#uriBytes}. */
    public Builder uriBytes(int value) {
      uriBytes = value;
      return this;
    }

    /** Sets {@link HttpLimits#headerTime}. */
    public Builder headerTime(Duration value) {
      headerTime = value;
      return this;
    }

    /** Sets {@link HttpLimits#bodyTime}. */
    public Builder bodyTime(Duration value) {
      bodyTime = value;
      return this;
    }

    /** Sets {@link HttpLimits#sendTime}. */
    public Builder sendTime(Duration value) {
      sendTime = value;
      return this;
    }

    /** Sets {@link HttpLimits#keepAlive}. */
    public Builder keepAlive(Duration value) {
      keepAlive = value;
      return this;
    }

    /** Sets {@link HttpLimits#idle}. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /** Sets {@link HttpLimits#connections}. */
    public Builder connections(int value) {
      connections = value;
      return this;
    }

    /** Sets {@link HttpLimits#requests}. */
    public Builder requests(int value) {
      requests = value;
      return this;
    }

    /** Sets {@link HttpLimits#steps}. */
    public Builder steps(int value) {
      steps = value;
      return this;
    }

    /** Sets {@link HttpLimits#eventStreams}. */
    public Builder eventStreams(int value) {
      eventStreams = value;
      return this;
    }

    /** Sets {@link HttpLimits#drain}. */
    public Builder drain(Duration value) {
      drain = value;
      return this;
    }

    /**
     * The limits; all must be positive, {@code bufferedBytes} at least {@code bodyBytes}, requests
     * and event streams at most 10,000 each.
     */
    public HttpLimits build() {
      return new HttpLimits(
          bodyBytes,
          bufferedBytes,
          headerBytes,
          uriBytes,
          headerTime,
          bodyTime,
          sendTime,
          keepAlive,
          idle,
          connections,
          requests,
          steps,
          eventStreams,
          drain);
    }
  }
}
