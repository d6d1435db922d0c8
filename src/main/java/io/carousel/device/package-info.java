/** The contract between recurrent orchestration and the hardware that runs it. */
@NullMarked
package io.carousel.device;

import org.jspecify.annotations.NullMarked;
