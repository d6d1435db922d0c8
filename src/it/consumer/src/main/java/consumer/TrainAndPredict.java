package consumer;

import io.carousel.data.ForecastWindows;
import io.carousel.data.IndexRange;
import io.carousel.data.Series;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.optim.Adam;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceTrainer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trains on the device that the argument names, saves, loads, predicts. */
public final class TrainAndPredict {
  private TrainAndPredict() {}

  public static void main(String[] args) throws Exception {
    float[] wave = new float[600];
    for (int t = 0; t < wave.length; t++) {
      wave[t] = (float) Math.sin(t / 5.0);
    }
    var series = new Series("wave", wave);
    var train = ForecastWindows.everyStep(series, new IndexRange(0, 400), 30, 1, 5);
    var validation = ForecastWindows.everyStep(series, new IndexRange(400, 600), 30, 1, 5);
    Path file = Files.createTempFile("wave", ".safetensors");
    try (var device = Devices.open(args[0]);
        var model = SequenceModel.around(Lstm.builder(1, 16)).head(1).build(device, 1)) {
      var trainer = SequenceTrainer.meanSquaredError(model, new Adam(model.parameters(), 0.02));
      trainer.epochs(15).fit(train, validation);
      SequenceModelFile.save(model, file);
      try (var loaded = SequenceModelFile.load(file, device)) {
        float[] ahead = loaded.predict(validation.batch(new int[] {0})); // [time, batch, 1]
        double error = Math.abs(ahead[29] - Math.sin(430 / 5.0));
        System.out.println(device.name() + (error < 0.1 ? " predicts" : " is wrong by " + error));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
