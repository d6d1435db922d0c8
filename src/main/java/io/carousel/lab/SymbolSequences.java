package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import io.carousel.optim.Adam;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.train.SequenceTrainer;
import io.carousel.train.TrainerSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sequences of symbols with a label each.
 *
 * @param symbols size of the alphabet
 * @param sequences [count][length] of 0..symbols-1
 * @param labels one per sequence
 */
record SymbolSequences(int symbols, int[][] sequences, int[] labels) implements SequenceDataset {
  @Override
  public int size() {
    return sequences.length;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    int[][] chosen = Arrays.stream(examples).mapToObj(i -> sequences[i]).toArray(int[][]::new);
    PackedShape shape = PackedShape.of(Arrays.stream(chosen).mapToInt(s -> s.length).toArray());
    int[] ids = new int[shape.steps() * n];
    for (int row = 0; row < n; row++) {
      for (int t = 0; t < chosen[row].length; t++) {
        ids[t * n + row] = chosen[row][t];
      }
    }
    int[] classes = Arrays.stream(examples).map(i -> labels[i]).toArray();
    return SequenceBatch.ofIds(shape, ids).withLabels(false, classes);
  }

  SequenceBatch all() {
    return batch(IntStream.range(0, size()).toArray());
  }

  /** How often each symbol occurs: the order is lost. */
  Rows bags() {
    float[] counts = new float[size() * symbols];
    for (int i = 0; i < size(); i++) {
      for (int symbol : sequences[i]) {
        counts[i * symbols + symbol]++;
      }
    }
    return Rows.ofLabels(counts, labels);
  }

  /** The same sequences from their ends, with the same labels. */
  SymbolSequences reversed() {
    int[][] back = new int[size()][];
    for (int i = 0; i < size(); i++) {
      int[] sequence = sequences[i];
      int last = sequence.length - 1;
      back[i] = IntStream.rangeClosed(0, last).map(t -> sequence[last - t]).toArray();
    }
    return new SymbolSequences(symbols, back, labels);
  }

  /**
   * A classifier that reads the sequence symbol by symbol and answers from its last state.
   *
   * @param stack with as many inputs as a symbol's embedding has numbers
   */
  static SequenceModel reader(
      Setting setting, RecurrentLayer.Builder<?, ?> stack, int symbols, int classes, long seed) {
    return SequenceModel.around(stack)
        .embedding(symbols)
        .readout(Readout.LAST_STATE)
        .head(classes)
        .build(setting.device(), seed);
  }

  /** Trains a reader on these sequences by Adam, gradient norm at most 1. */
  void teach(SequenceModel reader, int epochs, int batchSize, double learningRate)
      throws IOException {
    SequenceTrainer.crossEntropy(reader, new Adam(reader.parameters(), learningRate))
        .settings(new TrainerSettings().epochs(epochs).clipNorm(1))
        .batchSize(batchSize)
        .fit(this, new SymbolSequences(symbols, new int[][] {sequences[0]}, new int[] {labels[0]}));
  }

  /** The classes that a reader answers. */
  int[] answers(SequenceModel reader) {
    float[] logits = reader.predict(all());
    double[] outputs = new double[logits.length];
    Arrays.setAll(outputs, i -> logits[i]);
    return Scores.largest(outputs, size());
  }
}
