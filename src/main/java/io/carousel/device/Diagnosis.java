package io.carousel.device;

/**
 * One line of {@code carousel doctor}.
 *
 * @param subject what was looked at
 * @param ok whether it is as it should be
 * @param finding what was found, and how to mend it where it is wrong
 */
public record Diagnosis(String subject, boolean ok, String finding) {}
