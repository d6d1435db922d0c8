package io.carousel.cli;

import io.carousel.data.icu.IcuSet;
import io.carousel.data.icu.IcuStay;
import io.carousel.device.Device;
import io.carousel.task.icu.MortalityModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells the risk of patients. */
@Command(
    name = "icu",
    header = "Tell the risk to die in hospital of patients in intensive care.",
    description = {
      "",
      "Prints the risk after 6, 12, 24, 36 and 48 hours, from what was known by then. Research"
          + " software, not a medical device: no decision may rest on it.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel predict icu --model runs/icu/model.safetensors set-b/142675.txt")
final class PredictIcuCommand implements Callable<Integer> {
  private static final int[] HOURS = {6, 12, 24, 36, 48};

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train icu saved it.")
  private Path model = Path.of("");

  @Option(names = "--hourly", description = "Print the risk after every hour.")
  private boolean hourly;

  @Parameters(
      paramLabel = "RECORD",
      arity = "1..*",
      description = "Records, as RecordID.txt of the PhysioNet/CinC 2012 sets.")
  private List<Path> records = List.of();

  @Override
  public Integer call() throws IOException {
    List<IcuStay> stays = new ArrayList<>();
    for (Path record : records) {
      stays.add(IcuSet.stay(record));
    }
    PrintWriter print = spec.commandLine().getOut();
    try (Device device = deviceArguments.open().device();
        MortalityModel loaded = MortalityModel.load(strict.checked(model, device), device)) {
      int[] hours = hourly ? IntStream.rangeClosed(1, 48).toArray() : HOURS;
      List<String> headings = new ArrayList<>(List.of("record"));
      for (int hour : hours) {
        headings.add(">" + hour + " h");
      }
      headings.add("note");
      TextTable table = new TextTable(headings.toArray(String[]::new));
      for (IcuStay stay : stays) {
        double[] risks = loaded.riskByHour(stay);
        List<String> cells = new ArrayList<>(List.of(Integer.toString(stay.recordId())));
        for (int hour : hours) {
          cells.add(String.format(Locale.ROOT, "%.3f", risks[hour - 1]));
        }
        cells.add(loaded.learnedFrom(stay) ? "the model learned from this patient" : "");
        table.row(cells.toArray(String[]::new));
      }
      table.print(print, "");
      print.flush();
    }
    return ExitCode.OK;
  }
}
