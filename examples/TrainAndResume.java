import io.carousel.data.*;
import io.carousel.device.*;
import io.carousel.io.*;
import io.carousel.optim.*;
import io.carousel.rnn.*;
import io.carousel.train.*;
import java.nio.file.*;

/**
 * Training in its long form: a schedule, early stopping, and checkpoints in the folder that the
 * argument names. Started again after an interruption, it goes on bit for bit.
 */
public class TrainAndResume {
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println("usage: TrainAndResume FOLDER, new, or of a run to go on with");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    float[] wave = new float[1500];
    for (int t = 0; t < wave.length; t++)
      wave[t] = (float) (Math.sin(t / 9.0) * Math.sin(t / 70.0));
    var series = new Series("wave", wave);
    var train = ForecastWindows.everyStep(series, new IndexRange(0, 1200), 60, 5, 10);
    var validation = ForecastWindows.everyStep(series, new IndexRange(1200, 1500), 60, 5, 10);
    try (var device = Devices.open("auto");
        var model = SequenceModel.around(Gru.builder(1, 16)).head(1).build(device, 1)) {
      var checkpoints =
          Files.isDirectory(folder)
              ? CheckpointFolder.open(folder)
              : CheckpointFolder.create(folder);
      var settings =
          new TrainerSettings()
              .epochs(20)
              .clipNorm(1)
              .schedule(new StepDecay(400, 0.5))
              .earlyStopping(EarlyStopping.patience(5))
              .checkpoints(checkpoints, 0);
      var objective = SequenceObjective.meanSquaredError(model);
      try (var trainer = new Trainer<>(objective, new Adam(model.parameters(), 0.01), settings)) {
        System.out.println(trainer.resume() ? "goes on" : "starts");
        var batches = SequenceBatches.shuffled(train, 16, 1);
        System.out.println(trainer.fit(batches, SequenceBatches.inOrder(validation, 16)));
      }
      SequenceModelFile.save(model, folder.resolve("wave.safetensors"));
    }
  }
}
