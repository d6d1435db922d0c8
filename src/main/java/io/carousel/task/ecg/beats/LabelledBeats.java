package io.carousel.task.ecg.beats;

import io.carousel.data.ecg.AamiClass;
import io.carousel.device.RandomStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What training reads from annotated records. */
final class LabelledBeats {
  private LabelledBeats() {}

  /** All beats of a record; records for training are short enough for that. */
  static BeatSequences.Labelled of(BeatRecord record) throws IOException {
    int width = BeatFeatures.COUNT;
    float[] features = new float[record.beatCount() * width];
    for (int s = 0; s < record.stretches(); s++) {
      BeatStretch stretch = record.stretch(s);
      int skipped = (stretch.first() - stretch.contextFirst()) * width;
      int length = (stretch.end() - stretch.first()) * width;
      System.arraycopy(stretch.features(), skipped, features, stretch.first() * width, length);
    }
    return labelled(features, classes(record, 0, record.beatCount()));
  }

  /**
   * The record's beats in simulated rhythms, stretch by stretch.
   *
   * @param copies of the record, each in another rhythm
   */
  static List<BeatSequences.Labelled> simulated(BeatRecord record, int copies, long seed)
      throws IOException {
    List<BeatSequences.Labelled> simulated = new ArrayList<>();
    for (int s = 0; copies > 0 && s < record.stretches(); s++) {
      BeatStretch stretch = record.stretch(s);
      Tracing tracing = stretch.tracing();
      int[] classes = classes(record, stretch.contextFirst(), stretch.contextEnd());
      for (int copy = 0; copy < copies; copy++) {
        String purpose = "rhythm/%s/stretch%d/copy%d".formatted(record.name(), s, copy);
        SimulatedRhythm rhythm =
            new SimulatedRhythm(tracing, classes, new RandomStream(seed, purpose));
        simulated.add(labelled(rhythm.tracing().features(), rhythm.classes()));
      }
    }
    return simulated;
  }

  private static BeatSequences.Labelled labelled(float[] features, int[] classes) {
    return new BeatSequences.Labelled(features, classes, new float[classes.length]);
  }

  private static int[] classes(BeatRecord record, int from, int to) {
    int[] classes = new int[to - from];
    for (int i = 0; i < classes.length; i++) {
      AamiClass known = record.annotatedClass(from + i);
      classes[i] = known == null || known == AamiClass.Q ? -1 : known.ordinal();
    }
    return classes;
  }
}
