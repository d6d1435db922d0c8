package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.ecg.BundledEcg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastCommandTest {
  /** A forecast looks at 16 samples and lies 30 ahead: it begins with sample 45. */
  private static final int FIRST = 45;

  private static final int SAMPLES = 3600;

  @TempDir static Path folder;
  private static Path model;
  private static Path csv;

  @BeforeAll
  static void train() throws IOException {
    Path run = folder.resolve("run");
    Cli trained =
        Cli.run(
            "train",
            "ecg",
            "--hidden",
            4,
            "--context",
            16,
            "--stride",
            256,
            "--threads",
            1,
            "--epochs",
            2,
            "--out",
            run);
    assertEquals(0, trained.exitCode(), trained.toString());
    model = run.resolve("model.safetensors");
    csv = folder.resolve("ecg.csv");
    List<String> lines = new ArrayList<>(List.of("MLII"));
    float[] signal = BundledEcg.load().samplesMillivolts();
    for (int i = 0; i < SAMPLES; i++) {
      lines.add(Float.toString(signal[i]));
    }
    Files.write(csv, lines);
  }

  @Test
  void everySampleGetsARowAndTheErrorIsTold() {
    Cli run = Cli.run("forecast", model, csv);
    assertEquals(0, run.exitCode(), run.toString());
    List<String> rows = run.out().lines().toList();
    assertEquals("time_s,value_mV,forecast_mV", rows.get(0));
    assertEquals(1 + SAMPLES, rows.size());
    assertTrue(rows.get(FIRST).matches("0\\.1222,-?\\d\\.\\d+,"), rows.get(FIRST));
    String made = rows.get(1 + FIRST);
    assertTrue(made.matches("0\\.1250,-?\\d\\.\\d+,-?\\d\\.\\d+"), made);
    assertTrue(run.err().contains("forecast error   RMSE 0."), run.err());
    assertTrue(run.err().matches("(?s).*abnormal beats   \\d+ of \\d\\d?\\b.*"), run.err());
  }

  @Test
  void aPieceHasTheForecastsOfTheWhole() throws IOException {
    Path whole = folder.resolve("whole.csv");
    Path piece = folder.resolve("piece.csv");
    Cli.run("forecast", model, csv, "--out", whole).succeeded().printed("abnormal beats .*");
    Cli.run("forecast", model, csv, "--from", 2, "--to", 5.5, "--out", piece)
        .succeeded()
        .printed("forecast error +RMSE 0\\.\\d+ mV over 1,260 samples \\(2.0 s to 5.5 s\\)");
    List<String> expected = new ArrayList<>(List.of(Files.readAllLines(whole).get(0)));
    expected.addAll(Files.readAllLines(whole).subList(1 + 720, 1 + 1980));
    List<String> got = Files.readAllLines(piece);
    assertEquals(expected.size(), got.size());
    for (int i = 1; i < got.size(); i++) {
      String[] a = expected.get(i).split(",", -1);
      String[] b = got.get(i).split(",", -1);
      assertEquals(a[0] + "," + a[1], b[0] + "," + b[1]);
      assertEquals(Double.parseDouble(a[2]), Double.parseDouble(b[2]), 2e-5, a[0]);
    }
  }

  @Test
  void aStreamCarriesItsState() throws IOException {
    Path whole = folder.resolve("windows.csv");
    Path streamed = folder.resolve("streamed.csv");
    Path piece = folder.resolve("streamed-piece.csv");
    Cli.run("forecast", model, csv, "--out", whole).succeeded();
    Cli.run("forecast", model, csv, "--stream", "--out", streamed)
        .succeeded()
        .printed("abnormal beats   \\d+ of \\d\\d?.*");
    Cli.run("forecast", model, csv, "--stream", "--from", 2, "--to", 5.5, "--out", piece)
        .succeeded();
    List<String> windows = Files.readAllLines(whole);
    List<String> stream = Files.readAllLines(streamed);
    assertEquals(windows.size(), stream.size());
    assertEquals(windows.subList(0, 1 + FIRST), stream.subList(0, 1 + FIRST));
    // the first one has seen what a window holds, the later ones more
    assertEquals(forecast(windows.get(1 + FIRST)), forecast(stream.get(1 + FIRST)), 2e-5);
    assertTrue(Math.abs(forecast(windows.get(2000)) - forecast(stream.get(2000))) > 2e-5);
    assertEquals(stream.subList(1 + 720, 1 + 1980), Files.readAllLines(piece).subList(1, 1261));
  }

  private static double forecast(String row) {
    return Double.parseDouble(row.split(",", -1)[2]);
  }

  @Test
  void aWfdbRecordIsRead() {
    Path record = TestData.require("mitdb-ds1").resolve("208.hea");
    Path out = folder.resolve("208.csv");
    Cli run = Cli.run("forecast", model, record, "--to", 20, "--out", out).succeeded();
    run.printed("abnormal beats   \\d+ of \\d\\d.*");
    Cli.run("forecast", model, record, "--sampling-rate", 250).failed(2, "this record says 360");
    Cli.run("forecast", model, record, "--column", "V7").failed(1, "no signal 'V7'; it has [MLII");
  }

  @Test
  void whatCannotBeForecastIsRefusedInOneLine() throws IOException {
    Path bad = folder.resolve("bad.csv");
    Cli.run("forecast", model, bad).failed(1, bad + ": no such file");
    Files.createFile(bad);
    Cli.run("forecast", model, bad).failed(1, bad + ": the file is empty");
    Files.writeString(bad, "0.5\nNaN\n0.25\n");
    Cli.run("forecast", model, bad).failed(1, bad + ", line 2");
    Files.writeString(bad, "0.5\n0.25\n");
    Cli.run("forecast", model, bad).failed(1, "2 samples");
    Files.writeString(bad, "a,b\n1,2\n");
    Cli.run("forecast", model, bad).failed(1, "[a, b]: choose a column with --column NAME");
    Cli.run("forecast", model, bad, "--column", "c").failed(1, "no column 'c'; it has [a, b]");
    Cli.run("forecast", model, csv, "--sampling-rate", 250)
        .failed(1, "360.0 Hz, this one has 250.0");
    Cli.run("forecast", model, csv, "--from", 3, "--to", 2).failed(2, "no span of time");
    Cli.run("forecast", model, csv, "--from", 11).failed(1, "choose a longer piece");
    Cli.run("forecast", csv, csv).failed(1, "no safetensors file");
    Cli.run("forecast", model).failed(2, "FILE");
  }

  @Test
  void nothingIsHalfWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("in-the-way"), "old");
    Cli.run("forecast", model, csv, "--out", file.resolve("x.csv")).failed(1, "cannot write");
    Cli.run("forecast", model, csv, "--out", folder).failed(1, "this is a folder");
    assertEquals("old", Files.readString(file));
    assertFalse(Files.exists(folder.resolve("x.csv")));
  }
}
