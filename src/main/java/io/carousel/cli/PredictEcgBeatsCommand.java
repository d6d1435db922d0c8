package io.carousel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.ecg.beats.BeatRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives the beats of a record their classes. */
@Command(
    name = "ecg-beats",
    header = "Find the classes of a record's heartbeats.",
    description = {
      "",
      "Writes a line per beat as the record is read, so it may be many hours long: CSV with sample,"
          + " time, class, the probabilities of N, S, V and F, and the annotated class where there"
          + " is one. Beats are where the record's .atr file has them; without such a file they are"
          + " found by their R peaks.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel predict ecg-beats --model model.safetensors mitdb/100.hea > 100.csv")
final class PredictEcgBeatsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it.")
  private Path model = Path.of("");

  @Option(names = "--json", description = "One JSON object per line in place of CSV.")
  private boolean json;

  @Option(
      names = "--detect",
      description = "Find the beats by their R peaks even if they are annotated.")
  private boolean detect;

  @Parameters(index = "0", paramLabel = "RECORD", description = "Header of a WFDB record (.hea).")
  private Path header;

  @Override
  public Integer call() throws IOException {
    BeatRecord record =
        detect || !BeatRecord.hasAnnotations(header)
            ? BeatRecord.detected(header)
            : BeatRecord.annotated(header);
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device();
        BeatClassifier classifier = BeatClassifier.load(strict.checked(model, device), device)) {
      PrintWriter print = spec.commandLine().getOut();
      if (!json) {
        print.println("sample,time_s,class,p_N,p_S,p_V,p_F,annotated");
      }
      double rate = record.samplingRateHz();
      Consumer<BeatClassifier.Beat> line =
          beat -> print.println(json ? jsonLine(beat, rate) : csvLine(beat, rate));
      classifier.classify(record, line);
      print.flush();
    }
    return ExitCode.OK;
  }

  private static String csvLine(BeatClassifier.Beat beat, double rate) {
    String probabilities =
        beat.probabilities().stream()
            .map(p -> String.format(Locale.ROOT, "%.4f", p))
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "%d,%.3f,%s,%s,%s",
        beat.sample(),
        beat.sample() / rate,
        beat.predicted(),
        probabilities,
        beat.annotated() == null ? "" : beat.annotated());
  }

  private static String jsonLine(BeatClassifier.Beat beat, double rate) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("sample", beat.sample());
    object.put("time_s", beat.sample() / rate);
    object.put("class", beat.predicted().name());
    ObjectNode probabilities = object.putObject("probabilities");
    for (int c = 0; c < BeatClassifier.CLASSES.size(); c++) {
      probabilities.put(BeatClassifier.CLASSES.get(c).name(), beat.probabilities().get(c));
    }
    if (beat.annotated() != null) {
      object.put("annotated", beat.annotated().name());
    }
    try {
      return JSON.writeValueAsString(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
