package io.carousel.serve.http;

import java.time.Duration;

/**
 * What one client, or all together, may take of a server. {@link #DEFAULT} suits some thousand
 * streams of one model on one machine.
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
  /** 16 MiB a body, 4,096 connections, 256 requests and 64 event streams at once. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          16 << 20,
          256L << 20,
          8 << 10,
          2 << 10,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(75),
          Duration.ofSeconds(20),
          4_096,
          256,
          262_144,
          64,
          Duration.ofSeconds(30));

  /** Checks that every limit is positive. */
  public HttpLimits {
    positive("bodyBytes", bodyBytes);
    positive("bufferedBytes", bufferedBytes);
    positive("headerBytes", headerBytes);
    positive("uriBytes", uriBytes);
    positive("headerTime", headerTime.toMillis());
    positive("bodyTime", bodyTime.toMillis());
    positive("sendTime", sendTime.toMillis());
    positive("keepAlive", keepAlive.toMillis());
    positive("idle", idle.toMillis());
    positive("connections", connections);
    positive("requests", requests);
    positive("steps", steps);
    positive("eventStreams", eventStreams);
    positive("drain", drain.toMillis());
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
  }

  /** The same with another limit of one body's bytes; all bodies may take at least 4 of them. */
  public HttpLimits withBodyBytes(int bytes) {
    return new HttpLimits(
        bytes,
        Math.max(bufferedBytes, 4L * bytes),
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

  /** The same with another limit of all bodies' bytes. */
  public HttpLimits withBufferedBytes(long bytes) {
    return new HttpLimits(
        bodyBytes,
        bytes,
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

  /** The same with other numbers of connections, requests and event streams. */
  public HttpLimits withCounts(int newConnections, int newRequests, int newEventStreams) {
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
        newConnections,
        newRequests,
        steps,
        newEventStreams,
        drain);
  }

  /** The same with other times for a request's headers and its body. */
  public HttpLimits withRequestTimes(Duration newHeaderTime, Duration newBodyTime) {
    return new HttpLimits(
        bodyBytes,
        bufferedBytes,
        headerBytes,
        uriBytes,
        newHeaderTime,
        newBodyTime,
        sendTime,
        keepAlive,
        idle,
        connections,
        requests,
        steps,
        eventStreams,
        drain);
  }

  /** The same with another time for an answer. */
  public HttpLimits withSendTime(Duration newSendTime) {
    return new HttpLimits(
        bodyBytes,
        bufferedBytes,
        headerBytes,
        uriBytes,
        headerTime,
        bodyTime,
        newSendTime,
        keepAlive,
        idle,
        connections,
        requests,
        steps,
        eventStreams,
        drain);
  }

  /** The same with another number of steps in one inference. */
  public HttpLimits withSteps(int newSteps) {
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
        newSteps,
        eventStreams,
        drain);
  }

  /** The same with another time for the requests under way when the server is closed. */
  public HttpLimits withDrain(Duration newDrain) {
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
        newDrain);
  }
}
