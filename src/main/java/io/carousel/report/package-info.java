/** Self-contained HTML reports: series, tables, figures and text; knows no model. */
@NullMarked
package io.carousel.report;

import org.jspecify.annotations.NullMarked;
