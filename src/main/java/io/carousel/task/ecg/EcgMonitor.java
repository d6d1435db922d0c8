package io.carousel.task.ecg;

import io.carousel.data.Normalizer;
import io.carousel.data.ecg.RPeakStream;
import io.carousel.serve.StreamingSession;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Watches one lead as it comes: forecasts it, finds its beats, and marks those whose forecast
 * failed.
 *
 * <p>Where {@link EcgForecaster} starts every forecast from a zero state and {@code contextLength}
 * samples, the monitor carries the state of the model from sample to sample; docs/ecg.md compares
 * the two. A beat is told when its R peak is certain ({@link RPeakStream}), which is later than its
 * score could be. Used by one thread at a time.
 */
public final class EcgMonitor implements AutoCloseable {
  private final EcgForecaster.Card card;
  private final Normalizer normalizer;
  private final StreamingSession session;
  private final RPeakStream peaks;
  private final BeatScore score;

  /**
   * The latest samples and the forecasts that were made of them, each at its time modulo length.
   */
  private final float[] signal;

  private final float[] forecasts;
  private long samples;

  /**
   * What one sample brought.
   *
   * @param forecastMillivolts of the sample {@code horizon} later; NaN until {@code contextLength}
   *     samples were seen
   * @param beat that became certain, null for none
   * @param stepNanoseconds time that the model took
   */
  public record Reading(float forecastMillivolts, @Nullable Beat beat, long stepNanoseconds) {}

  /**
   * A beat that was found.
   *
   * @param sample of its R peak, counted from the first sample
   * @param scoreMillivolts its forecast error, see {@link BeatScore}; NaN where there were no
   *     forecasts yet
   * @param abnormal whether the score is above the model's threshold
   */
  public record Beat(long sample, double scoreMillivolts, boolean abnormal) {}

  /**
   * A monitor at the first sample of a lead.
   *
   * @param card of the model
   * @param session of the model, at its beginning; closed with the monitor
   */
  public EcgMonitor(EcgForecaster.Card card, StreamingSession session) {
    this.card = card;
    this.session = session;
    normalizer = card.normalizer();
    peaks = new RPeakStream(card.samplingRateHz());
    score = new BeatScore(card.samplingRateHz());
    int kept = peaks.delay() + score.windowLength() + card.horizon();
    signal = new float[kept];
    forecasts = new float[kept];
    Arrays.fill(forecasts, Float.NaN);
  }

  /** Samples taken so far. */
  public long samples() {
    return samples;
  }

  /**
   * Takes the next sample.
   *
   * @throws IllegalArgumentException when it is not finite; the monitor stays as it was
   */
  public Reading next(float millivolts) {
    OptionalLong peak = peaks.add(millivolts);
    float[] input = normalizer.apply(new float[] {millivolts});
    long start = System.nanoTime();
    float[] output = session.step(input);
    long took = System.nanoTime() - start;
    boolean warm = samples >= card.contextLength() - 1;
    float forecast = warm ? normalizer.invert(output)[0] : Float.NaN;
    signal[place(samples)] = millivolts;
    forecasts[place(samples + card.horizon())] = forecast;
    samples++;
    return new Reading(forecast, peak.isPresent() ? beat(peak.getAsLong()) : null, took);
  }

  private Beat beat(long peak) {
    double millivolts = score(peak);
    return new Beat(peak, millivolts, millivolts > card.abnormalAboveMillivolts());
  }

  private double score(long peak) {
    int length = score.windowLength();
    long from = peak - length / 2;
    if (from < 0) {
      return Double.NaN;
    }
    float[] truth = new float[length];
    float[] made = new float[length];
    for (int i = 0; i < length; i++) {
      truth[i] = signal[place(from + i)];
      made[i] = forecasts[place(from + i)];
    }
    return score.score(truth, made, new int[] {length / 2})[0];
  }

  private int place(long sample) {
    return (int) (sample % signal.length);
  }

  /** Closes the session. */
  @Override
  public void close() {
    session.close();
  }
}
