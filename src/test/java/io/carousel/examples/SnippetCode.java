package io.carousel.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.Description;
import io.carousel.report.Fact;
import io.carousel.report.Facts;
import io.carousel.report.LineChart;
import io.carousel.report.Report;
import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.ecg.beats.BeatRecord;
import io.carousel.task.language.LanguageModel;
import io.carousel.task.language.Sampling;
import io.carousel.task.sentiment.SentimentModel;
import io.carousel.task.translation.Translator;
import io.carousel.train.metrics.Bleu;
import io.carousel.train.metrics.BleuTokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * Code that Javadoc shows and that no example has. It is compiled here and not run: most of it
 * wants trained models, with which the tests of each task call the same methods.
 */
abstract class SnippetCode {
  private record Size(int input, int hidden) {}

  Size description(Path file, ObjectNode object) throws Exception {
    Size size =
        Description.read(
            file, "model", object, d -> new Size(d.integer("inputSize"), d.integer("hiddenSize")));
    return size;
  }

  abstract void count(Object predicted);

  void beats(Path model, Path header, Device device) throws Exception {
    try (BeatClassifier classifier = BeatClassifier.load(model, device)) {
      classifier.classify(BeatRecord.annotated(header), beat -> count(beat.predicted()));
    }
  }

  void sentiment() throws Exception {
    try (Device device = Devices.open("auto");
        SentimentModel model = SentimentModel.load(Path.of("model.safetensors"), device)) {
      double[] p = model.probabilities("A gorgeous, witty film.");
      System.out.println(model.classes().names().get(1) + " " + p[1]);
    }
  }

  void language() throws Exception {
    try (Device device = Devices.open("cpu");
        LanguageModel model = LanguageModel.load(Path.of("model.safetensors"), device)) {
      double nats = model.score("To be, or not to be").mean();
      String text = model.sample("ROMEO:\n", Sampling.of(200, 1).withTemperature(0.8));
      System.out.println(nats + text);
    }
  }

  void translation(Path file) throws Exception {
    try (Device device = Devices.open("cpu");
        Translator translator = Translator.load(file, device)) {
      String english = translator.translate("ein mann steht im garten .");
      System.out.println(english);
    }
  }

  double bleu() {
    Bleu bleu = new Bleu(BleuTokenizer.V13A, false);
    bleu.add("The dog bit the man.", List.of("The dog had bit the man."));
    double score = bleu.score().bleu(); // 0 to 100
    return score;
  }

  void report(Path folder, double[] epochs, double[] training, double[] validation)
      throws Exception {
    Report.titled("ECG forecast")
        .subtitle("LSTM, 30 samples ahead")
        .lead(Facts.of(Fact.of("Forecast error", 0.182, 3).unit("mV").note("AR(32): 0.211 mV")))
        .section(
            "Training",
            LineChart.titled("Loss by epoch")
                .x("epoch")
                .y("mean squared error", "mV²")
                .line("training", epochs, training)
                .line("validation", epochs, validation))
        .write(folder.resolve("report.html"));
  }
}
