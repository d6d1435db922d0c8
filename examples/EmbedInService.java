import io.carousel.device.*;
import io.carousel.serve.*;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.*;

/**
 * One model in a service: its threads share it, each patient has a stream. The argument names a
 * model of one feature, such as {@link ForecastWave} saves.
 */
public class EmbedInService {
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println(
          "usage: EmbedInService MODEL, for instance wave.safetensors of ForecastWave");
      System.exit(2);
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Device device = Devices.open("auto");
        ServedModel model = ServedModel.load(Path.of(args[0]), device)) {
      List<Future<Float>> forecasts = new ArrayList<>();
      for (int patient = 0; patient < 100; patient++) {
        int phase = patient;
        forecasts.add(threads.submit(() -> monitor(model, phase)));
      }
      for (int patient = 0; patient < forecasts.size(); patient += 25) {
        System.out.printf(Locale.ROOT, "patient %d: %.4f%n", patient, forecasts.get(patient).get());
      }
    } finally {
      threads.shutdown();
    }
  }

  /** The forecast after two hundred samples of one patient. */
  static float monitor(ServedModel model, int phase) {
    try (StreamingSession session = model.openSession()) {
      float forecast = 0;
      for (int t = 0; t < 200; t++) {
        float sample = (float) Math.sin((t + phase) / 9.0);
        forecast = session.step(sample)[0];
      }
      return forecast;
    }
  }
}
