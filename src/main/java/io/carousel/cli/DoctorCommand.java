package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.train.Provenance;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether this machine is fit for Carousel, and what to mend where it is not. */
@Command(
    name = "doctor",
    header = "Check this machine, and say how to mend what is wrong.",
    description = {
      "",
      "Looks at Java, the system, memory, folders, every kind of device and the bundled data.",
      ""
    },
    footer = {"", "Exit code 1 when something is wrong that stops training."})
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    List<Check> checks = new ArrayList<>(MachineChecks.all());
    checks.addAll(FolderChecks.all());
    checks.addAll(DeviceChecks.all());
    boolean fit = checks.stream().noneMatch(check -> check.status() == Check.Status.WRONG);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(checks, fit).toPrettyString());
    } else {
      print(checks, fit, out);
    }
    return fit ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static void print(List<Check> checks, boolean fit, PrintWriter out) {
    TextTable table = new TextTable("", "Carousel " + Provenance.carouselVersion(), "");
    checks.forEach(check -> table.row(check.status().word(), check.subject(), check.finding()));
    table.print(out, "");
    out.println(fit ? "\nCarousel can train here." : "\nCarousel cannot train here: see WRONG.");
  }

  private static ObjectNode json(List<Check> checks, boolean fit) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report.put("carousel", Provenance.carouselVersion());
    report.put("ok", fit);
    ArrayNode list = report.putArray("checks");
    for (Check check : checks) {
      list.addObject()
          .put("subject", check.subject())
          .put("status", check.status().name().toLowerCase(Locale.ROOT))
          .put("finding", check.finding());
    }
    return report;
  }
}
