import io.carousel.device.*;
import io.carousel.serve.*;
import java.nio.file.*;
import java.util.Arrays;

/**
 * A stream that moves to another process half-way: its state is exported to a file and resumed. The
 * argument names a model of one feature, such as {@link ForecastWave} saves.
 */
public class StreamAndResume {
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println(
          "usage: StreamAndResume MODEL, for instance wave.safetensors of ForecastWave");
      System.exit(2);
    }
    float[] samples = new float[100];
    for (int t = 0; t < samples.length; t++) samples[t] = (float) Math.sin(t / 9.0);
    try (var device = Devices.open("cpu");
        var model = ServedModel.load(Path.of(args[0]), device)) {
      float[] unbroken;
      try (StreamingSession session = model.openSession()) {
        unbroken = session.feed(samples); // all at once: [time, outputs]
      }

      Path state = Files.createTempFile("patient-17", ".state");
      try (StreamingSession session = model.openSession()) {
        for (int t = 0; t < 50; t++) session.step(samples[t]);
        Files.write(state, session.export());
      }
      // here, or on another machine with the same model
      try (StreamingSession session = model.resume(Files.readAllBytes(state))) {
        float[] rest = session.feed(Arrays.copyOfRange(samples, 50, 100));
        boolean same = Arrays.equals(rest, Arrays.copyOfRange(unbroken, 50, 100));
        System.out.println(session.steps() + " steps, " + (same ? "the same bits" : "different"));
      }
      Files.delete(state);
    }
  }
}
