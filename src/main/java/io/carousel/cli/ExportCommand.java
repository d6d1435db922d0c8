package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFile;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.onnx.OnnxExport;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.ecg.anomaly.AnomalyDetector;
import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.icu.MortalityModel;
import io.carousel.task.translation.Translator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a saved model in a format of others. */
@Command(
    name = "export",
    header = "Write a saved model as an ONNX file, for ONNX Runtime and others.",
    description = {
      "",
      "Takes models of one stack and one head (the tasks ecg, lm and sentiment, and all that"
          + " SequenceModelFile saved), and those of ecg-beats, ecg-anomaly, icu and translate,"
          + " which gives a second file, NAME-decoder.onnx. Input and output are [time, batch,"
          + " ...], times and batches of any size. The model's notes (normalisation, vocabulary) go"
          + " along as metadata.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train ecg --out runs/ecg",
      "  carousel export runs/ecg/model.safetensors --onnx ecg.onnx",
      "",
      "  carousel train sentiment --data data/sentiment --out runs/films",
      "  carousel export --lengths runs/films/model.safetensors --onnx films.onnx"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "A model file, *.safetensors.")
  private Path model;

  @Option(
      names = "--onnx",
      required = true,
      paramLabel = "FILE",
      description = "Where it goes; a file there is replaced.")
  private Path file = Path.of("model.onnx");

  @Option(
      names = "--lengths",
      description = "Sequences may differ in length: a further input lengths [batch].")
  private boolean lengths;

  @Option(
      names = "--states",
      description = "States come in and go out: h0, c0, hN, cN, to go on where a chunk ended.")
  private boolean states;

  @Option(names = "--batch-first", description = "Input and output are [batch, time, ...].")
  private boolean batchFirst;

  @Override
  public Integer call() throws IOException {
    try (Device device = Devices.open("reference")) { // for its weights; nothing is computed
      switch (kind()) {
        case "ecg-beats" -> {
          requirePlain();
          try (BeatClassifier loaded = BeatClassifier.load(model, device)) {
            loaded.writeOnnx(file);
          }
        }
        case "ecg-anomaly" -> {
          requirePlain();
          try (AnomalyDetector loaded = AnomalyDetector.load(model, device)) {
            OnnxExport.write(loaded.model(), Map.of(), file);
          }
        }
        case "icu-mortality" -> {
          requirePlain();
          try (MortalityModel loaded = MortalityModel.load(model, device)) {
            loaded.writeOnnx(file);
          }
        }
        case "translator" -> {
          requirePlain();
          try (Translator loaded = Translator.load(model, device)) {
            OnnxExport.write(loaded.model(), Map.of(), file, decoderFile());
          }
          printed(decoderFile());
        }
        default -> writeSequenceModel(device);
      }
    }
    printed(file);
    return ExitCode.OK;
  }

  /** The kind of model that a file holds. */
  private String kind() throws IOException {
    try (ModelFile stored = ModelFile.open(model)) {
      return stored.description().path("kind").asText();
    }
  }

  private void requirePlain() {
    if (lengths || states || batchFirst) {
      throw new ParameterException(
          spec.commandLine(),
          "--lengths, --states and --batch-first are for models of one stack and one head");
    }
  }

  private void writeSequenceModel(Device device) throws IOException {
    Map<String, String> metadata = Map.of("notes", SequenceModelFile.notes(model).toString());
    try (SequenceModel loaded = SequenceModelFile.load(model, device)) {
      OnnxExport.Options options = new OnnxExport.Options(lengths, states, batchFirst);
      OnnxExport.write(loaded, options, metadata, file);
    }
  }

  /** NAME-decoder.onnx beside NAME.onnx. */
  private Path decoderFile() {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
    return file.resolveSibling(name + "-decoder.onnx");
  }

  private void printed(Path written) throws IOException {
    String name = Printable.text(written.toString());
    long bytes = Files.size(written);
    spec.commandLine().getOut().printf(Locale.ROOT, "%s: %,d bytes%n", name, bytes);
  }
}
