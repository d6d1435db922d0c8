package io.carousel.task.ecg;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import java.io.IOException;
import java.nio.file.Path;

/** The model of {@code carousel train ecg} with its default settings, trained in a second. */
public final class TrainedEcg {
  private TrainedEcg() {}

  /** Trains in a folder that does not exist yet; returns the model's file. */
  public static Path in(Path folder) throws IOException {
    try (Device device = Devices.open("cpu")) {
      new EcgForecast(EcgForecastSettings.DEFAULT, device)
          .run(TrainingRun.in(RunFolder.create(folder)));
    }
    return folder.resolve("model.safetensors");
  }
}
