import io.carousel.device.*;
import io.carousel.serve.*;
import java.nio.file.Path;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.CompletableFuture;

/**
 * Many streams in few batches: a pool gathers the steps that come within a millisecond. The
 * argument names a model of one feature, such as {@link ForecastWave} saves.
 */
public class BatchSessions {
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println(
          "usage: BatchSessions MODEL, for instance wave.safetensors of ForecastWave");
      System.exit(2);
    }
    try (Device device = Devices.open("auto");
        ServedModel model = ServedModel.load(Path.of(args[0]), device)) {
      var limits = SessionPool.builder(model).maxBatch(64).maxDelay(Duration.ofMillis(1));
      try (SessionPool pool = limits.build()) {
        List<String> patients = new ArrayList<>();
        for (int i = 0; i < 200; i++) patients.add(pool.open());
        for (int t = 0; t < 20; t++) {
          List<CompletableFuture<float[]>> steps = new ArrayList<>();
          for (int i = 0; i < patients.size(); i++) {
            float sample = (float) Math.sin((t + i) / 9.0);
            steps.add(pool.step(patients.get(i), new float[] {sample}));
          }
          for (CompletableFuture<float[]> step : steps) step.join(); // [outputs]
        }
        System.out.println(pool.metrics().steps() + " steps");
      }
    }
  }
}
