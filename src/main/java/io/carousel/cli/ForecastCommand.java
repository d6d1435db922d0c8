package io.carousel.cli;

import io.carousel.data.IndexRange;
import io.carousel.data.ecg.EcgSignal;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.AtomicFile;
import io.carousel.serve.ServedModel;
import io.carousel.task.ecg.EcgForecaster;
import io.carousel.task.ecg.EcgMonitor;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a saved ECG model over a signal. */
@Command(
    name = "forecast",
    header = "Forecast a signal with a saved model, and find abnormal beats.",
    description = {
      "",
      "Reads a WFDB record (.hea) or a CSV file of millivolts and writes CSV: time_s, value_mV,"
          + " forecast_mV; a forecast is empty where too little of the signal lies before it.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel forecast model.safetensors mitdb/208.hea --to 300 --out 208.csv",
      "  carousel forecast model.safetensors holter.csv --column V1 --sampling-rate 360"
    })
final class ForecastCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "model.safetensors of 'carousel train ecg'.")
  private Path model;

  @Parameters(index = "1", paramLabel = "FILE", description = "A CSV file or a WFDB header (.hea).")
  private Path file;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = "Column or signal, by name or number from 0 (default: the only one, or MLII).")
  private @Nullable String column;

  @Option(
      names = "--sampling-rate",
      paramLabel = "HZ",
      description = "Of a CSV file (default: that of the model).")
  private @Nullable Double samplingRate;

  @Option(
      names = "--from",
      paramLabel = "S",
      description = "First second to forecast (default: 0).")
  private double from;

  @Option(
      names = "--to",
      paramLabel = "S",
      description = "Where to end, in seconds (default: end).")
  private double to = Double.POSITIVE_INFINITY;

  @Option(
      names = "--stream",
      description =
          "Read the file from its beginning as one stream, the model's state carried along, as the"
              + " live page of 'carousel serve' does; otherwise each forecast starts from zeros.")
  private boolean stream;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the CSV goes (default: standard output); a file there is replaced.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    if (!(from >= 0 && from < to)) {
      throw new ParameterException(
          spec.commandLine(), "--from %s and --to %s are no span of time".formatted(from, to));
    }
    EcgSignal signal = signal();
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device();
        EcgForecaster forecaster = EcgForecaster.load(strict.checked(model, device), device)) {
      double rate = requireRate(signal, forecaster.card());
      EcgForecastOutput output =
          stream ? streamed(signal, forecaster, device, rate) : forecast(signal, forecaster, rate);
      PrintWriter console = spec.commandLine().getOut();
      PrintWriter words = console;
      if (out == null) {
        output.writeCsv(console);
        words = spec.commandLine().getErr();
      } else {
        AtomicFile.write(
            out, bytes -> output.writeCsv(new OutputStreamWriter(bytes, StandardCharsets.UTF_8)));
      }
      words.println(DeviceArguments.line(selection));
      output.summarise(words, forecaster.card().abnormalAboveMillivolts());
    }
    return ExitCode.OK;
  }

  private EcgSignal signal() throws IOException {
    try {
      return EcgSignal.read(file, column);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          column == null ? e.getMessage() + " with --column NAME" : e.getMessage(), e);
    }
  }

  private EcgForecastOutput forecast(EcgSignal signal, EcgForecaster forecaster, double rate) {
    IndexRange wanted = wanted(signal, forecaster, rate);
    // what the first forecasts look at lies before --from
    int lead = forecaster.contextLength() + forecaster.horizon() - 1;
    int start = Math.max(0, wanted.from() - lead);
    float[] values = Arrays.copyOfRange(signal.millivolts(), start, wanted.to());
    return new EcgForecastOutput(
        values,
        forecaster.forecast(values),
        new IndexRange(wanted.from() - start, values.length),
        start,
        rate);
  }

  private EcgForecastOutput streamed(
      EcgSignal signal, EcgForecaster forecaster, Device device, double rate) throws IOException {
    IndexRange wanted = wanted(signal, forecaster, rate);
    float[] values = Arrays.copyOf(signal.millivolts(), wanted.to());
    float[] forecast = new float[values.length];
    Arrays.fill(forecast, Float.NaN);
    try (ServedModel served = ServedModel.load(model, device);
        EcgMonitor monitor = new EcgMonitor(forecaster.card(), served.openSession())) {
      for (int t = 0; t < values.length; t++) {
        EcgMonitor.Reading reading = monitor.next(values[t]);
        if (t + forecaster.horizon() < values.length) {
          forecast[t + forecaster.horizon()] = reading.forecastMillivolts();
        }
      }
    }
    return new EcgForecastOutput(values, forecast, wanted, 0, rate);
  }

  /** The samples from {@code --from} to {@code --to}, some of which can be forecast. */
  private IndexRange wanted(EcgSignal signal, EcgForecaster forecaster, double rate) {
    int end = (int) Math.min(signal.millivolts().length, Math.round(to * rate));
    int begin = (int) Math.min(end, Math.round(from * rate));
    int lead = forecaster.contextLength() + forecaster.horizon() - 1;
    if (begin == end || end <= lead) {
      throw new IllegalArgumentException(
          "%s: %d samples up to --to, a forecast needs %d before it; choose a longer piece"
              .formatted(file, end, lead));
    }
    return new IndexRange(begin, end);
  }

  /** The rate of the file, which must be the one that the model learned at. */
  private double requireRate(EcgSignal signal, EcgForecaster.Card card) {
    double modelRate = card.samplingRateHz();
    boolean inFile = !Double.isNaN(signal.samplingRateHz());
    if (inFile && samplingRate != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--sampling-rate is for CSV files; this record says %s Hz"
              .formatted(signal.samplingRateHz()));
    }
    double rate =
        inFile ? signal.samplingRateHz() : samplingRate == null ? modelRate : samplingRate;
    if (!card.acceptsRate(rate)) {
      throw new IllegalArgumentException(
          "%s: the model forecasts signals of %s Hz, this one has %s Hz; resample it first"
              .formatted(file, modelRate, rate));
    }
    return rate;
  }
}
