/**
 * The Open Inference Protocol, version 2, as JSON: what a model takes and gives, requests read
 * strictly, answers written. Knows no HTTP.
 *
 * <p>Source: KServe, "Open Inference Protocol", inference over HTTP/REST.
 */
@NullMarked
package io.carousel.serve.protocol;

import org.jspecify.annotations.NullMarked;
