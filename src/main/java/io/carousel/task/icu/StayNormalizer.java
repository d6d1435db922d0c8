package io.carousel.task.icu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.Normalizer;
import io.carousel.data.icu.IcuStay;
import io.carousel.data.icu.IcuStay.Measurement;
import io.carousel.data.icu.IcuVariable;
import io.carousel.io.Description;
import io.carousel.io.ModelFormatException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Brings the values of each variable to a common scale, by figures fitted on training patients
 * alone: on its own {@link IcuVariable.Scale}, limited to the range of the middle 99 % of the
 * training values, then to mean 0 and standard deviation 1. Immutable.
 */
final class StayNormalizer {
  /** What stands beside the variables: age, height, weight. */
  private static final List<ToDoubleFunction<IcuStay>> DESCRIPTORS =
      List.of(
          IcuStay::ageYears,
          IcuStay::heightCentimetres,
          stay -> Math.log(stay.weightKilograms())); // NaN stays NaN

  static final int COLUMNS = IcuVariable.values().length + DESCRIPTORS.size();
  private static final double TAIL = 0.005;

  private final double[] lowest;
  private final double[] highest;
  private final Normalizer normalizer;
  private final double[] means;
  private final double[] deviations;

  StayNormalizer(double[] lowest, double[] highest, double[] means, double[] deviations) {
    for (double[] figures : List.of(lowest, highest, means)) {
      if (figures.length != COLUMNS) {
        throw new IllegalArgumentException(
            "a normalizer needs %d figures, got %d".formatted(COLUMNS, figures.length));
      }
    }
    this.lowest = lowest.clone();
    this.highest = highest.clone();
    normalizer = new Normalizer(means, deviations); // checks the rest
    this.means = normalizer.means();
    this.deviations = normalizer.standardDeviations();
  }

  /** Fits the figures; a column without any value becomes 0 for ever. */
  static StayNormalizer fit(List<IcuStay> training) {
    List<DoubleStream.Builder> columns = columns(training);
    double[] lowest = new double[COLUMNS];
    double[] highest = new double[COLUMNS];
    double[] means = new double[COLUMNS];
    double[] deviations = new double[COLUMNS];
    for (int column = 0; column < COLUMNS; column++) {
      double[] values = columns.get(column).build().sorted().toArray();
      deviations[column] = 1;
      if (values.length > 0) {
        lowest[column] = values[(int) (TAIL * (values.length - 1))];
        highest[column] = values[(int) Math.ceil((1 - TAIL) * (values.length - 1))];
        float[] limited = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          limited[i] = (float) Math.max(lowest[column], Math.min(highest[column], values[i]));
        }
        Normalizer fitted = Normalizer.fit(limited, 1);
        means[column] = fitted.means()[0];
        deviations[column] = fitted.standardDeviations()[0];
      }
    }
    return new StayNormalizer(lowest, highest, means, deviations);
  }

  private static List<DoubleStream.Builder> columns(List<IcuStay> stays) {
    List<DoubleStream.Builder> columns =
        Stream.generate(DoubleStream::builder).limit(COLUMNS).toList();
    for (IcuStay stay : stays) {
      for (Measurement m : stay.measurements()) {
        columns.get(m.variable().ordinal()).add(m.variable().scaled(m.value()));
      }
      for (int i = 0; i < DESCRIPTORS.size(); i++) {
        double value = DESCRIPTORS.get(i).applyAsDouble(stay);
        if (!Double.isNaN(value)) {
          columns.get(IcuVariable.values().length + i).add(value);
        }
      }
    }
    return columns;
  }

  /** A normalised value. */
  float apply(Measurement m) {
    return apply(m.variable().ordinal(), m.variable().scaled(m.value()));
  }

  /** Age, height and weight, 0 where missing. */
  float[] descriptors(IcuStay stay) {
    float[] values = new float[DESCRIPTORS.size()];
    for (int i = 0; i < values.length; i++) {
      double value = DESCRIPTORS.get(i).applyAsDouble(stay);
      values[i] = Double.isNaN(value) ? 0 : apply(IcuVariable.values().length + i, value);
    }
    return values;
  }

  private float apply(int column, double scaled) {
    double limited = Math.max(lowest[column], Math.min(highest[column], scaled));
    return (float) ((limited - means[column]) / deviations[column]);
  }

  void write(ObjectNode json) {
    put(json.putArray("lowest"), lowest);
    put(json.putArray("highest"), highest);
    put(json.putArray("means"), means);
    put(json.putArray("standardDeviations"), deviations);
  }

  private static void put(ArrayNode array, double[] values) {
    Arrays.stream(values).forEach(array::add);
  }

  static StayNormalizer read(Description f) throws ModelFormatException {
    return new StayNormalizer(
        f.numbers("lowest"),
        f.numbers("highest"),
        f.numbers("means"),
        f.numbers("standardDeviations"));
  }
}
