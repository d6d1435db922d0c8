package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.RealGpu;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.EpochMetrics;
import io.carousel.train.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ECG model of the README learns the same on a GPU as on the CPU. */
@Tag("gpu")
class GpuEcgForecastTest {
  @TempDir Path folder;

  @Test
  void oneEpochGivesTheSameLoss() throws IOException {
    EpochMetrics onGpu;
    EpochMetrics onCpu;
    try (Device gpu = RealGpu.open();
        Device cpu = Devices.open("cpu")) {
      onGpu = oneEpoch(gpu, "gpu");
      onCpu = oneEpoch(cpu, "cpu");
    }
    assertEquals(onCpu.trainLoss(), onGpu.trainLoss(), 1e-3 * onCpu.trainLoss());
    assertEquals(onCpu.validationLoss(), onGpu.validationLoss(), 1e-3 * onCpu.validationLoss());
  }

  private EpochMetrics oneEpoch(Device device, String name) throws IOException {
    EcgForecastSettings readme = EcgForecastSettings.DEFAULT;
    EcgForecastSettings settings =
        new EcgForecastSettings(
            readme.contextLength(),
            readme.horizon(),
            readme.hiddenSize(),
            readme.layers(),
            readme.dropout(),
            1,
            readme.batchSize(),
            readme.stride(),
            readme.learningRate(),
            readme.patience(),
            readme.seed());
    EcgForecast.Outcome outcome =
        new EcgForecast(settings, device)
            .run(TrainingRun.in(RunFolder.create(folder.resolve(name))));
    assertEquals(1, outcome.training().history().size());
    return outcome.training().history().get(0);
  }
}
