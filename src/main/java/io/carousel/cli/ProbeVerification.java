package io.carousel.cli;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.Probe;
import io.carousel.io.ProbedModel;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.TensorDifference;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.ecg.anomaly.AnomalyDetector;
import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.icu.MortalityModel;
import io.carousel.task.translation.Translator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A model of ours, which is asked again what it was asked when it was saved. */
record ProbeVerification(Path file) implements Verification {
  /** Whether a file holds a model of ours. */
  static boolean isModel(Path file) throws IOException {
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      return "carousel-model".equals(stored.metadata().get("format"));
    }
  }

  @Override
  public Outcome run(Device device, PlanChoice plan, Precision precision) throws IOException {
    Probe probe;
    String kind;
    try (ModelFile stored = ModelFile.open(file)) {
      probe = stored.probe();
      kind = stored.description().path("kind").asText();
      if (probe == null) {
        throw new ModelFormatException(file, "no probes: an earlier Carousel saved the model");
      }
      stored.requireIntact();
    }
    double tolerance = probe.tolerance(device, precision);
    TensorDifference difference = ask(probe, kind, device, plan, precision);
    return new Outcome(
        kind + ", probe of " + probe,
        List.of(difference),
        tolerance,
        "",
        difference.isWithin(tolerance) ? "" : cause(probe, kind, device));
  }

  private TensorDifference ask(
      Probe probe, String kind, Device device, PlanChoice plan, Precision precision)
      throws IOException {
    try (ProbedModel model = open(kind, device, plan, precision)) {
      return probe.compare(file, model::answer);
    }
  }

  /** The weights are those that were saved: the device or the probe is wrong; reference decides. */
  private String cause(Probe probe, String kind, Device device) throws IOException {
    try (Device reference = Devices.open("reference")) {
      TensorDifference difference = ask(probe, kind, reference, PlanChoice.AUTO, Precision.FP64);
      return difference.isWithin(probe.tolerance(reference, Precision.FP64))
          ? "device reference gives the answers of the file: %s computes otherwise"
              .formatted(device.name())
          : "device reference does not give the answers of the file either: its probe is damaged"
              + " (the weights are not), or was computed by a device that computes otherwise";
    }
  }

  @Override
  public String plural() {
    return "probes";
  }

  /**
   * Checks the model before a command takes it.
   *
   * @throws ModelFormatException when it has no probe, was damaged or answers otherwise
   */
  void require(Device device) throws IOException {
    Precision own = new PlanArguments().precisionOn(device);
    Outcome outcome = run(device, PlanChoice.AUTO, own);
    if (!outcome.isWithin(outcome.tolerance())) {
      throw new ModelFormatException(
          file,
          String.format(
              Locale.ROOT,
              "on %s the model answers otherwise than when it was saved: %.2e, allowed %.2e; %s",
              device.name(),
              outcome.differences().get(0).relative(),
              outcome.tolerance(),
              outcome.why()));
    }
  }

  private ProbedModel open(String kind, Device device, PlanChoice plan, Precision precision)
      throws IOException {
    if (kind.equals("sequence-model")) {
      return of(
          SequenceModelFile.loadForInference(file, device.openQueue(), plan, precision, false)
              .model());
    }
    boolean plain = precision == Precision.FP32 || precision == Precision.FP64;
    if (plan != PlanChoice.AUTO || !plain) {
      throw new IllegalArgumentException(
          "a model of " + kind + " chooses plan and precision itself");
    }
    return switch (kind) {
      case "translator" -> Translator.load(file, device);
      case "icu-mortality" -> MortalityModel.load(file, device);
      case "ecg-anomaly" -> AnomalyDetector.load(file, device);
      case "ecg-beats" -> BeatClassifier.load(file, device);
      default -> throw new ModelFormatException(file, "unknown kind of model '" + kind + "'");
    };
  }

  private static ProbedModel of(SequenceModel model) {
    return new ProbedModel() {
      @Override
      public float[] answer(SequenceBatch inputs) {
        return SequenceModelFile.answer(model, inputs);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }
}
