package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The colours of report.css stand out from the paper and from each other, also for eyes with one
 * kind of cone missing (Machado, Oliveira and Fernandes 2009, severity 1).
 */
class PaletteTest {
  private static final Map<String, double[][]> EYES =
      Map.of(
          "normal",
          new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
          "protanopia",
          new double[][] {
            {0.152286, 1.052583, -0.204868},
            {0.114503, 0.786281, 0.099216},
            {-0.003882, -0.048116, 1.051998}
          },
          "deuteranopia",
          new double[][] {
            {0.367322, 0.860646, -0.227968},
            {0.280085, 0.672501, 0.047413},
            {-0.011820, 0.042940, 0.968881}
          },
          "tritanopia",
          new double[][] {
            {1.255528, -0.076749, -0.178779},
            {-0.078411, 0.930809, 0.147602},
            {0.004733, 0.691367, 0.303900}
          });

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void standsOutFromThePaper(int scheme) {
    double paper = luminance(colour("paper", scheme));
    for (String line : List.of("c1", "c2", "c3", "c4", "c5", "c6", "truth")) {
      double contrast = contrast(luminance(colour(line, scheme)), paper);
      assertTrue(contrast >= 3, () -> line + " against the paper: " + contrast);
    }
    for (String text : List.of("ink", "muted")) {
      double contrast = contrast(luminance(colour(text, scheme)), paper);
      assertTrue(contrast >= 4.5, () -> text + " against the paper: " + contrast);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void staysApartForEveryEye(int scheme) {
    EYES.forEach(
        (eye, matrix) -> {
          List<double[]> seen = new ArrayList<>();
          for (int i = 1; i <= 6; i++) {
            seen.add(lab(apply(matrix, colour("c" + i, scheme))));
          }
          for (int i = 0; i < seen.size(); i++) {
            for (int j = 0; j < i; j++) {
              double apart = distance(seen.get(i), seen.get(j));
              String pair = "c%d and c%d, %s: %.1f".formatted(j + 1, i + 1, eye, apart);
              assertTrue(apart >= 15, pair);
            }
          }
        });
  }

  /** A colour of the light (0) or dark (1) scheme as linear red, green and blue. */
  private static double[] colour(String name, int scheme) {
    Matcher matcher =
        Pattern.compile("--" + name + ": #(..)(..)(..);").matcher(Resources.own("report.css"));
    for (int skipped = 0; skipped <= scheme; skipped++) {
      assertTrue(matcher.find(), () -> "no --" + name + " in scheme " + scheme);
    }
    double[] linear = new double[3];
    for (int i = 0; i < 3; i++) {
      double value = Integer.parseInt(matcher.group(i + 1), 16) / 255.0;
      linear[i] = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
    return linear;
  }

  private static double[] apply(double[][] matrix, double[] rgb) {
    double[] out = new double[3];
    for (int i = 0; i < 3; i++) {
      double sum = matrix[i][0] * rgb[0] + matrix[i][1] * rgb[1] + matrix[i][2] * rgb[2];
      out[i] = Math.min(1, Math.max(0, sum));
    }
    return out;
  }

  private static double luminance(double[] rgb) {
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  }

  private static double contrast(double one, double other) {
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }

  /** CIE 1976 L*a*b* for the white point D65. */
  private static double[] lab(double[] rgb) {
    double x = lightness((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505);
    double y = lightness(luminance(rgb));
    double z = lightness((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089);
    return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
  }

  private static double lightness(double t) {
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16.0 / 116;
  }

  private static double distance(double[] a, double[] b) {
    return Math.hypot(Math.hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
  }
}
