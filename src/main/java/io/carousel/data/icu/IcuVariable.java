package io.carousel.data.icu;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The 37 variables that the PhysioNet/CinC Challenge 2012 follows over time, with the values that a
 * living patient can have.
 *
 * <p>The bounds are wide: they shall take out what no instrument has measured (a heart rate of 0 of
 * a lead that fell off, a temperature of −17.8 °C, which is 0 °F), not what is rare.
 */
public enum IcuVariable {
  /** g/dL. */
  ALBUMIN("Albumin", Scale.LINEAR, 0.5, 8),
  /** Alkaline phosphatase, IU/L. */
  ALP("ALP", Scale.LOG, 1, 5000),
  /** Alanine transaminase, IU/L. */
  ALT("ALT", Scale.LOG, 1, 30000),
  /** Aspartate transaminase, IU/L. */
  AST("AST", Scale.LOG, 1, 40000),
  /** mg/dL. */
  BILIRUBIN("Bilirubin", Scale.LOG, 0.05, 80),
  /** Blood urea nitrogen, mg/dL. */
  BUN("BUN", Scale.LOG, 1, 300),
  /** mg/dL. */
  CHOLESTEROL("Cholesterol", Scale.LINEAR, 10, 800),
  /** Of the serum, mg/dL. */
  CREATININE("Creatinine", Scale.LOG, 0.05, 40),
  /** Invasive diastolic arterial pressure, mmHg. */
  DIAS_ABP("DiasABP", Scale.LINEAR, 5, 200),
  /** Fraction of oxygen in the breath, 0 to 1; written in per cent by some. */
  FIO2("FiO2", Scale.LOG, 0.15, 1),
  /** Glasgow coma score, 3 to 15. */
  GCS("GCS", Scale.LINEAR, 3, 15),
  /** Of the serum, mg/dL. */
  GLUCOSE("Glucose", Scale.LOG, 5, 2500),
  /** Bicarbonate of the serum, mmol/L. */
  HCO3("HCO3", Scale.LINEAR, 2, 70),
  /** Haematocrit, per cent. */
  HCT("HCT", Scale.LINEAR, 4, 80),
  /** Heart rate, beats per minute. */
  HR("HR", Scale.LINEAR, 10, 320),
  /** Potassium of the serum, mmol/L. */
  K("K", Scale.LOG, 1, 25),
  /** mmol/L. */
  LACTATE("Lactate", Scale.LOG, 0.1, 50),
  /** Magnesium of the serum, mmol/L. */
  MG("Mg", Scale.LOG, 0.2, 15),
  /** Invasive mean arterial pressure, mmHg. */
  MAP("MAP", Scale.LINEAR, 10, 250),
  /** Mechanical ventilation: 1 where it is noted. */
  MECH_VENT("MechVent", Scale.LINEAR, 1, 1),
  /** Sodium of the serum, mmol/L. */
  NA("Na", Scale.LINEAR, 90, 200),
  /** Non-invasive diastolic pressure, mmHg. */
  NI_DIAS_ABP("NIDiasABP", Scale.LINEAR, 5, 200),
  /** Non-invasive mean pressure, mmHg. */
  NI_MAP("NIMAP", Scale.LINEAR, 10, 250),
  /** Non-invasive systolic pressure, mmHg. */
  NI_SYS_ABP("NISysABP", Scale.LINEAR, 20, 320),
  /** Partial pressure of carbon dioxide in arterial blood, mmHg. */
  PACO2("PaCO2", Scale.LOG, 8, 200),
  /** Partial pressure of oxygen in arterial blood, mmHg. */
  PAO2("PaO2", Scale.LOG, 15, 800),
  /** Of arterial blood; 7.4 stands as 74 or 740 at times. */
  PH("pH", Scale.LINEAR, 6.5, 8),
  /** Cells per nL. */
  PLATELETS("Platelets", Scale.LOG, 1, 3000),
  /** Breaths per minute. */
  RESP_RATE("RespRate", Scale.LINEAR, 1, 100),
  /** Saturation of haemoglobin with oxygen, per cent. */
  SAO2("SaO2", Scale.LINEAR, 20, 100),
  /** Invasive systolic arterial pressure, mmHg. */
  SYS_ABP("SysABP", Scale.LINEAR, 20, 320),
  /** °C; readings in °F are converted. */
  TEMP("Temp", Scale.LINEAR, 25, 45),
  /** µg/L. */
  TROPONIN_I("TroponinI", Scale.LOG, 0.01, 500),
  /** µg/L. */
  TROPONIN_T("TroponinT", Scale.LOG, 0.005, 100),
  /** Output, mL. */
  URINE("Urine", Scale.LOG_PLUS_ONE, 0, 6000),
  /** White blood cells per nL. */
  WBC("WBC", Scale.LOG, 0.05, 500),
  /** kg. */
  WEIGHT("Weight", Scale.LINEAR, 20, 350);

  /** On which scale equal distances mean about the same. */
  public enum Scale {
    /** As it is. */
    LINEAR,
    /** ln x, for skewed laboratory values. */
    LOG,
    /** ln(1 + x), where 0 occurs. */
    LOG_PLUS_ONE
  }

  private static final Map<String, IcuVariable> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(v -> v.fileName, Function.identity()));

  private final String fileName;
  private final Scale scale;
  private final double lowest;
  private final double highest;

  IcuVariable(String fileName, Scale scale, double lowest, double highest) {
    this.fileName = fileName;
    this.scale = scale;
    this.lowest = lowest;
    this.highest = highest;
  }

  /** The name in the files. */
  public String fileName() {
    return fileName;
  }

  /** The variable of a name in the files, or null. */
  public static @Nullable IcuVariable ofFile(String name) {
    return BY_NAME.get(name);
  }

  /**
   * The value that was meant: a misplaced decimal point of a pH, an oxygen fraction in per cent and
   * a temperature in °F are put right.
   *
   * @return NaN where no living patient has such a value
   */
  public double repair(double written) {
    double value =
        switch (this) {
          case PH -> written >= 650 ? written / 100 : written >= 65 ? written / 10 : written;
          case FIO2 -> written > 1 ? written / 100 : written;
          case TEMP -> written >= 77 && written <= 113 ? (written - 32) / 1.8 : written;
          default -> written;
        };
    return value >= lowest && value <= highest ? value : Double.NaN;
  }

  /** The value on this variable's {@link Scale}. */
  public double scaled(double value) {
    return switch (scale) {
      case LINEAR -> value;
      case LOG -> Math.log(value);
      case LOG_PLUS_ONE -> Math.log1p(value);
    };
  }
}
