package io.carousel.data.ecg;

import java.util.List;

/**
 * The records of the MIT-BIH Arrhythmia Database (Moody and Mark, IEEE Eng Med Biol 20(3):45-50,
 * 2001) as de Chazal, O'Dwyer and Reilly divide them between patients (IEEE Trans Biomed Eng
 * 51(7):1196-1206, 2004, section II-A).
 */
public final class MitBih {
  /** To learn from: 22 records. */
  public static final List<String> DS1 =
      List.of(
          "101", "106", "108", "109", "112", "114", "115", "116", "118", "119", "122", "124", "201",
          "203", "205", "207", "208", "209", "215", "220", "223", "230");

  /**
   * To report on: 22 records of other patients, but that 202 is of the man of 201 in DS1 (the
   * database has 48 records of 47 people). De Chazal's division is kept as it is.
   */
  public static final List<String> DS2 =
      List.of(
          "100", "103", "105", "111", "113", "117", "121", "123", "200", "202", "210", "212", "213",
          "214", "219", "221", "222", "228", "231", "232", "233", "234");

  /** With paced beats: left out, as AAMI EC57 recommends. */
  public static final List<String> PACED = List.of("102", "104", "107", "217");

  private MitBih() {}
}
