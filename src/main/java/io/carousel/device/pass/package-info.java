/**
 * What plans of every device have in common: training passes, checked, open, and recorded where the
 * same one comes again.
 */
@NullMarked
package io.carousel.device.pass;

import org.jspecify.annotations.NullMarked;
