package io.carousel.cli;

import io.carousel.data.ecg.UcrFile;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.ecg.anomaly.AnomalyDetector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Marks the abnormal beats of a file. */
@Command(
    name = "ecg-anomaly",
    header = "Find the abnormal ones among heartbeats.",
    description = {
      "",
      "Reads a file of the UCR archive's form (a class, then the values of a beat, line by line)"
          + " and writes CSV: row from 1, class as given, error of the reconstruction, abnormal or"
          + " normal.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel predict ecg-anomaly --model model.safetensors ECG5000_TEST.txt")
final class PredictEcgAnomalyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it.")
  private Path model = Path.of("");

  @Parameters(index = "0", paramLabel = "FILE", description = "Beats, also packed (.gz).")
  private Path file;

  @Override
  public Integer call() throws IOException {
    UcrFile beats = UcrFile.read(file);
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device();
        AnomalyDetector detector = AnomalyDetector.load(strict.checked(model, device), device)) {
      double[] errors = detector.errors(beats.series());
      PrintWriter print = spec.commandLine().getOut();
      print.println("row,class,error,verdict");
      for (int i = 0; i < errors.length; i++) {
        String verdict = detector.isAbnormal(errors[i]) ? "abnormal" : "normal";
        print.println((i + 1) + "," + beats.labels()[i] + "," + (float) errors[i] + "," + verdict);
      }
      print.flush();
    }
    return ExitCode.OK;
  }
}
