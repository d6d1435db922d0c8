package io.carousel.data.icu;

import java.util.List;

/**
 * The first 48 hours of one patient's stay in an intensive care unit.
 *
 * @param recordId number of the record
 * @param ageYears NaN when missing, as are the other descriptors
 * @param male 1 of men, 0 of women, NaN when missing
 * @param heightCentimetres implausible heights are missing
 * @param weightKilograms at admission; implausible weights are missing
 * @param unit the kind of unit
 * @param measurements in the order of time, those of one time in the order of the file; without
 *     implausible values and exact duplicates
 */
public record IcuStay(
    int recordId,
    double ageYears,
    double male,
    double heightCentimetres,
    double weightKilograms,
    Unit unit,
    List<Measurement> measurements) {
  /** Length of what is known of a stay. */
  public static final int HOURS = 48;

  /** Kinds of intensive care units, by the numbers that the files give them, from 1. */
  public enum Unit {
    /** Coronary care unit. */
    CORONARY("coronary care"),
    /** Cardiac surgery recovery unit. */
    CARDIAC_SURGERY("cardiac surgery recovery"),
    /** Medical. */
    MEDICAL("medical"),
    /** Surgical. */
    SURGICAL("surgical"),
    /** Not said. */
    UNKNOWN("unknown");

    private final String words;

    Unit(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /**
   * One value.
   *
   * @param minute since admission to the unit, 0 to 2,880
   * @param variable what was measured
   * @param value plausible, in the variable's unit
   */
  public record Measurement(int minute, IcuVariable variable, double value) {
    /** The hour it belongs to, 0 to 47; the end of the last hour belongs to it. */
    public int hour() {
      return Math.min(minute / 60, HOURS - 1);
    }
  }

  /** Copies the list. */
  public IcuStay {
    measurements = List.copyOf(measurements);
  }
}
