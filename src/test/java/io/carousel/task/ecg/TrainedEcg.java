package io.carousel.task.ecg;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The model of {@code carousel train ecg} with its default settings; trained once for all tests of
 * a process.
 */
public final class TrainedEcg {
  private static byte @Nullable [] file;

  private TrainedEcg() {}

  /** Puts it into a folder that does not exist yet; returns the model's file. */
  public static synchronized Path in(Path folder) throws IOException {
    Path model = folder.resolve("model.safetensors");
    if (file == null) {
      try (Device device = Devices.open("cpu")) {
        new EcgForecast(EcgForecastSettings.DEFAULT, device)
            .run(TrainingRun.in(RunFolder.create(folder)));
      }
      file = Files.readAllBytes(model);
    } else {
      Files.createDirectories(folder);
      Files.write(model, file);
    }
    return model;
  }
}
