/** Electrocardiograms: PhysioNet WFDB records and annotations, the bundled excerpt, R peaks. */
@NullMarked
package io.carousel.data.ecg;

import org.jspecify.annotations.NullMarked;
