package io.carousel.data.text;

/**
 * A text and its class.
 *
 * @param text as it stands in its file
 * @param label 0 up
 */
public record LabelledText(String text, int label) {}
