package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a saved model is. */
@Command(
    name = "summary",
    header = "Show what a saved model is: layers, shapes, sizes, provenance.",
    description = {"", "Of any other safetensors file it lists the tensors and the metadata.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel summary runs/20261122-210000-ecg/model.safetensors",
      "  carousel summary --json model.safetensors"
    })
final class SummaryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "A safetensors file.")
  private Path file;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ModelSummary summary = ModelSummary.read(file);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = summary.json();
      out.println(object.toPrettyString());
    } else {
      summary.print(out);
    }
    return ExitCode.OK;
  }
}
