package io.carousel.data.icu;

import io.carousel.data.icu.IcuStay.Measurement;
import io.carousel.data.icu.IcuStay.Unit;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads one record: lines of {@code HH:MM,Parameter,Value} below a heading.
 *
 * <p>Descriptors stand at 00:00, missing ones as −1; the weight at 00:00 is descriptor and
 * measurement, a later one is not known at admission and is measurement only. A line without a
 * parameter's name carries nothing and is passed over, as the sets hold some; anything else that is
 * no such line is an error.
 */
final class StayReader {
  private static final String HEADING = "Time,Parameter,Value";
  private static final int LAST_MINUTE = IcuStay.HOURS * 60;

  private final String file;
  private int line;
  private int recordId = -1;
  private double age = Double.NaN;
  private double male = Double.NaN;
  private double height = Double.NaN;
  private double weight = Double.NaN;
  private Unit unit = Unit.UNKNOWN;
  private final Set<Measurement> measurements = new LinkedHashSet<>();

  private StayReader(String file) {
    this.file = file;
  }

  /**
   * Reads a record to its end.
   *
   * @param file its name, for messages
   */
  static IcuStay read(String file, BufferedReader in) throws IOException {
    return new StayReader(file).read(in);
  }

  private IcuStay read(BufferedReader in) throws IOException {
    String first = in.readLine();
    line = 1;
    if (first == null) {
      throw new IcuException(file, "the record is empty");
    }
    if (!first.strip().equals(HEADING)) {
      throw problem("expected the heading " + HEADING + ", got '" + shown(first) + "'");
    }
    for (String text = in.readLine(); text != null; text = in.readLine()) {
      line++;
      if (!text.isBlank()) {
        add(text);
      }
    }
    if (recordId < 0) {
      throw new IcuException(file, "there is no RecordID");
    }
    List<Measurement> inOrder = new ArrayList<>(measurements);
    inOrder.sort(Comparator.comparingInt(Measurement::minute));
    return new IcuStay(recordId, age, male, height, weight, unit, inOrder);
  }

  private void add(String text) throws IcuException {
    int first = text.indexOf(',');
    int second = text.indexOf(',', first + 1);
    if (first < 0 || second < 0 || text.indexOf(',', second + 1) >= 0) {
      throw problem("expected Time,Parameter,Value, got '" + shown(text) + "'");
    }
    int minute = minute(text.substring(0, first).strip());
    String parameter = text.substring(first + 1, second).strip();
    if (parameter.isEmpty()) {
      return;
    }
    double value = number(text.substring(second + 1).strip());
    switch (parameter) {
      case "RecordID" -> recordId = wholeNumber(value);
      case "Age" -> age = within(value, 0, 130);
      case "Gender" -> male = within(value, 0, 1);
      case "Height" -> height = within(value, 100, 250);
      case "ICUType" -> unit = unit(value);
      default -> {
        IcuVariable variable = IcuVariable.ofFile(parameter);
        if (variable == null) {
          throw problem("unknown parameter '" + shown(parameter) + "'");
        }
        double repaired = variable.repair(value);
        if (!Double.isNaN(repaired)) {
          measurements.add(new Measurement(minute, variable, repaired));
          if (variable == IcuVariable.WEIGHT && minute == 0 && Double.isNaN(weight)) {
            weight = repaired;
          }
        }
      }
    }
  }

  private int minute(String text) throws IcuException {
    int colon = text.length() - 3;
    boolean time = colon >= 1 && text.charAt(colon) == ':';
    for (int i = 0; i < text.length() && time; i++) {
      time = i == colon || Character.digit(text.charAt(i), 10) >= 0;
    }
    if (!time || text.length() > 6 || text.charAt(colon + 1) > '5') {
      throw problem("'" + shown(text) + "' is no time HH:MM");
    }
    int minute =
        60 * Integer.parseInt(text, 0, colon, 10)
            + Integer.parseInt(text, colon + 1, text.length(), 10);
    if (minute > LAST_MINUTE) {
      throw problem(text + " is later than 48:00");
    }
    return minute;
  }

  private double number(String text) throws IcuException {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, as infinite numbers are
    }
    throw problem("'" + shown(text) + "' is no number");
  }

  private int wholeNumber(double value) throws IcuException {
    if (value < 0 || value != (int) value) {
      throw problem("RecordID " + value + " is no whole number");
    }
    return (int) value;
  }

  private Unit unit(double value) throws IcuException {
    if (value == -1) {
      return Unit.UNKNOWN;
    }
    if (value != 1 && value != 2 && value != 3 && value != 4) {
      throw problem("ICUType must be 1 to 4, got " + value);
    }
    return Unit.values()[(int) value - 1];
  }

  private static double within(double value, double lowest, double highest) {
    return value >= lowest && value <= highest ? value : Double.NaN;
  }

  private static String shown(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private IcuException problem(String what) {
    return new IcuException(file, line, what);
  }
}
