import io.carousel.data.*;
import io.carousel.device.*;
import io.carousel.io.SequenceModelFile;
import io.carousel.optim.Adam;
import io.carousel.rnn.*;
import io.carousel.train.*;
import java.nio.file.Path;

public class ForecastWave {
  public static void main(String[] args) throws Exception {
    float[] wave = new float[3000];
    for (int t = 0; t < 3000; t++) wave[t] = (float) (Math.sin(t / 9.0) * Math.sin(t / 70.0));
    var series = new Series("wave", wave);
    var train = ForecastWindows.everyStep(series, new IndexRange(0, 2400), 60, 5, 10);
    var validation = ForecastWindows.everyStep(series, new IndexRange(2400, 3000), 60, 5, 10);
    var lstm = Lstm.builder(1, 32).layers(2).bidirectional(false).dropout(0.1);
    try (var device = Devices.open("auto");
        var model = SequenceModel.around(lstm).head(1).build(device, 1)) {
      var trainer = SequenceTrainer.meanSquaredError(model, new Adam(model.parameters(), 0.01));
      System.out.println(trainer.epochs(20).fit(train, validation));
      SequenceModelFile.save(model, Path.of("wave.safetensors"));
      var loaded = SequenceModelFile.load(Path.of("wave.safetensors"), device);
      float[] ahead = loaded.predict(validation.batch(new int[] {0})); // [time, batch, 1]
      System.out.println("five samples after the last one: " + ahead[59]);
      loaded.close();
    }
  }
}
