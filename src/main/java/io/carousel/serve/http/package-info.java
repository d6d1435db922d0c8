/**
 * The server of {@code carousel serve}: models and their sessions over HTTP, within limits. Needs
 * the optional libraries jetty-server and micrometer.
 */
@NullMarked
package io.carousel.serve.http;

import org.jspecify.annotations.NullMarked;
