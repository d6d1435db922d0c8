package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.carousel.serve.StreamingSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Times steps of served streams: of one session called directly, and of sessions in a pool, each of
 * which sends its next step when the last one is answered.
 */
public final class SessionBenchmark {
  /** Sessions of the pools. */
  private static final int[] POOLED = {1, 64, 1000};

  private SessionBenchmark() {}

  /**
   * What was measured.
   *
   * @param way {@code direct} or {@code pool}
   * @param sessions that were stepped at the same time
   * @param seconds from a call to its outputs
   * @param stepsPerSecond of all sessions together
   * @param meanBatch sessions in a batch, 1 where there are none
   */
  public record Figure(
      String way, int sessions, Durations seconds, double stepsPerSecond, double meanBatch) {}

  /**
   * Measures.
   *
   * @param what the stack; a head of one output is put upon it
   * @param seconds of each measurement, after half as much of warm-up
   * @param listener told of each figure at once
   */
  public static void run(BenchCase what, Device device, double seconds, Consumer<Figure> listener)
      throws IOException {
    Path file = Files.createTempFile("carousel-bench", ".safetensors");
    try {
      try (SequenceModel model =
          SequenceModel.around(RecurrentLayer.builder(what.spec())).head(1).build(device, 1)) {
        SequenceModelFile.save(model, file);
      }
      try (ServedModel model = ServedModel.load(file, device)) {
        listener.accept(direct(model, seconds));
        for (int sessions : POOLED) {
          listener.accept(pooled(model, sessions, seconds));
        }
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static float[] features(ServedModel model) {
    SplittableRandom random = new SplittableRandom(1);
    float[] features = new float[model.spec().recurrent().inputSize()];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextDouble(-1, 1);
    }
    return features;
  }

  private static Figure direct(ServedModel model, double seconds) {
    float[] features = features(model);
    float[] outputs = new float[model.spec().outputs()];
    StepTimes times = new StepTimes(seconds);
    try (StreamingSession session = model.openSession()) {
      for (long before = System.nanoTime(); times.isOpen(before); ) {
        session.step(features, outputs);
        long now = System.nanoTime();
        times.add(before, now);
        before = now;
      }
    }
    return new Figure("direct", 1, times.durations(), times.perSecond(), 1);
  }

  private static Figure pooled(ServedModel model, int sessions, double seconds) {
    float[] features = features(model);
    StepTimes times = new StepTimes(seconds);
    try (SessionPool pool = SessionPool.builder(model).maxSessions(sessions).build()) {
      List<Client> clients =
          IntStream.range(0, sessions)
              .mapToObj(i -> new Client(pool, pool.open(), features, times))
              .toList();
      clients.forEach(Client::send);
      clients.forEach(Client::join);
      double mean =
          pool.metrics().batchSizes().sum() / (double) pool.metrics().batchSizes().count();
      return new Figure("pool", sessions, times.durations(), times.perSecond(), mean);
    }
  }
}
