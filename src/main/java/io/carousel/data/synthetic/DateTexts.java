package io.carousel.data.synthetic;

import io.carousel.data.text.SentencePairs;
import io.carousel.device.RandomStream;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Dates as people write them and as machines do: {@code saturday, 9 may 1998} and {@code
 * 1998-05-09}, an exercise that is common in courses on attention.
 */
public final class DateTexts {
  private static final LocalDate FIRST = LocalDate.of(1950, 1, 1);
  private static final int DAYS =
      (int) (LocalDate.of(2050, 1, 1).toEpochDay() - FIRST.toEpochDay());

  /** Each gives one date only: day before month where both are numbers and points stand between. */
  private static final List<DateTimeFormatter> FORMATS =
      List.of(
          format("d MMMM yyyy"),
          format("d MMM yyyy"),
          format("EEEE, d MMMM yyyy"),
          format("EEE d MMM, yyyy"),
          format("MMMM d, yyyy"),
          format("MMM d yyyy"),
          format("EEEE MMMM d yyyy"),
          format("dd.MM.yyyy"),
          format("d.M.yyyy"),
          format("M/d/yyyy"),
          format("MM/dd/yyyy"),
          format("yyyy MMM d"));

  private DateTexts() {}

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
  }

  /**
   * Different days of 1950 to 2049, each in one of twelve formats.
   *
   * @param count of pairs
   * @param seed decides which
   * @return what people write as source, ISO 8601 as target
   */
  public static SentencePairs pairs(int count, long seed) {
    if (count < 0 || count > DAYS) {
      throw new IllegalArgumentException("count must lie in 0..%d, got %d".formatted(DAYS, count));
    }
    RandomStream random = new RandomStream(seed, "dates");
    int[] days = random.permutation(DAYS);
    List<String> human = new ArrayList<>();
    List<String> iso = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LocalDate date = FIRST.plusDays(days[i]);
      DateTimeFormatter format = FORMATS.get(random.nextInt(FORMATS.size()));
      human.add(format.format(date).toLowerCase(Locale.ROOT));
      iso.add(date.toString());
    }
    return new SentencePairs("dates", human, iso);
  }
}
