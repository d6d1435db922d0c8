package io.carousel.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Says in a message about a number the option that the user typed, not the name within the code.
 */
final class OptionNames {
  private static final Pattern DEMAND = Pattern.compile("(\\w+)( must .*)", Pattern.DOTALL);

  private OptionNames() {}

  /** {@code batchSize must be …} as {@code --batch-size must be …} where there is that option. */
  static String in(CommandSpec command, String message) {
    Matcher demand = DEMAND.matcher(message);
    if (!demand.matches()) {
      return message;
    }
    String words = demand.group(1).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    for (String option : new String[] {"--" + words, "--" + words.replaceFirst("-size$", "")}) {
      if (command.findOption(option) != null) {
        return option + demand.group(2);
      }
    }
    return message;
  }
}
