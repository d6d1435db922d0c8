/**
 * The {@code carousel} command: one class per subcommand. Exit codes are 0 for success, 1 when the
 * thing itself failed, 2 for wrong arguments; errors are one line.
 */
@NullMarked
package io.carousel.cli;

import org.jspecify.annotations.NullMarked;
