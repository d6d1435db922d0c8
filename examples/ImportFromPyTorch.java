import io.carousel.data.*;
import io.carousel.device.*;
import io.carousel.io.*;
import io.carousel.nn.Linear;
import io.carousel.rnn.*;
import java.nio.file.Path;

/**
 * Runs a model of PyTorch: a module with {@code self.lstm = nn.LSTM(1, H)} and {@code self.head =
 * nn.Linear(H, 1)} on every step, whose {@code state_dict} was saved as safetensors to the first
 * argument; and saves it as a model of Carousel to the second.
 */
public class ImportFromPyTorch {
  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println(
          "usage: ImportFromPyTorch STATE_DICT MODEL, two safetensors files, the second to write");
      System.exit(2);
    }
    try (var device = Devices.open("auto");
        var tensors = SafetensorsFile.open(Path.of(args[0]));
        var model =
            SequenceModel.around(Lstm.load(tensors, "lstm"))
                .head(Linear.load(tensors, "head"))
                .build(device, 1)) {
      var signal = SequenceBatch.ofFeatures(PackedShape.dense(3, 1), 1, new float[] {0.5f, -1, 2});
      for (float output : model.predict(signal)) {
        System.out.println(output);
      }
      SequenceModelFile.save(model, Path.of(args[1]));
    }
  }
}
