package io.carousel.task.ecg.beats;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.io.onnx.GraphBuilder;
import io.carousel.io.onnx.OnnxType;
import io.carousel.io.onnx.SequenceModelGraph;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Bidirectional LSTMs that read a record beat by beat, each step the features of a beat, and give
 * each beat logits of the classes; their probabilities are averaged. Parameters are {@code
 * member0.rnn.…}, {@code member0.out.…}, {@code member1.…}
 */
final class BeatEnsemble implements AutoCloseable {
  /** N, S, V and F. */
  static final int CLASSES = 4;

  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Queue queue;
  private final ParameterSet parameters;
  private final List<SequenceModel> members = new ArrayList<>();

  BeatEnsemble(BeatClassifierSettings settings, Device device) {
    SequenceModelSpec spec =
        SequenceModel.around(
                Lstm.builder(BeatFeatures.COUNT, settings.hiddenSize())
                    .layers(settings.layers())
                    .bidirectional(true)
                    .dropout(settings.layers() > 1 ? settings.dropout() : 0))
            .inputDropout(settings.inputDropout())
            .headDropout(settings.dropout())
            .head(CLASSES)
            .spec();
    try {
      queue = owned(device.openQueue());
      parameters = owned(new ParameterSet(queue, settings.seed(), "beats"));
      for (int m = 0; m < settings.members(); m++) {
        members.add(owned(SequenceModel.member(spec, parameters, queue, "member" + m)));
      }
    } catch (RuntimeException e) {
      CloseAll.after(e, owned);
      throw e;
    }
  }

  private <T extends AutoCloseable> T owned(T part) {
    owned.add(part);
    return part;
  }

  Queue queue() {
    return queue;
  }

  ParameterSet parameters() {
    return parameters;
  }

  List<SequenceModel> members() {
    return members;
  }

  /**
   * All members as one ONNX graph: {@code input} [beats, records, features] to {@code output}
   * [beats, records, CLASSES], their mean probabilities.
   */
  GraphBuilder onnx() {
    GraphBuilder graph = new GraphBuilder();
    String features = Integer.toString(BeatFeatures.COUNT);
    String input = graph.input("input", OnnxType.FLOAT, "time", "batch", features);
    String sum = "";
    for (int m = 0; m < members.size(); m++) {
      String name = "member" + m;
      String logits =
          SequenceModelGraph.add(graph, members.get(m), name + ".", input, null, null).output();
      String p = graph.node("Softmax", name + "/p", List.of(logits), "axis", -1L);
      sum = m == 0 ? p : graph.node("Add", name + "/sum", List.of(sum, p));
    }
    String mean = graph.node("Div", "mean", List.of(sum, graph.number(members.size())));
    graph.output("output", mean, OnnxType.FLOAT, "time", "batch", Integer.toString(CLASSES));
    return graph;
  }

  /** What one member thinks of successive beats: probabilities [beats, CLASSES]. */
  double[][] probabilities(int member, float[] features) {
    int beats = features.length / BeatFeatures.COUNT;
    double[][] probabilities = new double[beats][CLASSES];
    if (beats > 0) {
      add(members.get(member), features, probabilities, 1);
    }
    return probabilities;
  }

  /** What all members think of successive beats: mean probabilities [beats, CLASSES]. */
  double[][] probabilities(float[] features) {
    int beats = features.length / BeatFeatures.COUNT;
    double[][] probabilities = new double[beats][CLASSES];
    for (SequenceModel member : members) {
      if (beats > 0) {
        add(member, features, probabilities, 1.0 / members.size());
      }
    }
    return probabilities;
  }

  private static void add(SequenceModel member, float[] features, double[][] to, double share) {
    SequenceBatch batch =
        SequenceBatch.ofFeatures(PackedShape.dense(to.length, 1), BeatFeatures.COUNT, features);
    float[] logits = member.predict(batch);
    for (int i = 0; i < to.length; i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < CLASSES; c++) {
        largest = Math.max(largest, logits[i * CLASSES + c]);
      }
      double sum = 0;
      double[] odds = new double[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        odds[c] = Math.exp(logits[i * CLASSES + c] - largest);
        sum += odds[c];
      }
      for (int c = 0; c < CLASSES; c++) {
        to[i][c] += share * odds[c] / sum;
      }
    }
  }

  /** The most probable class. */
  static int argmax(double[] probabilities) {
    int best = 0;
    for (int c = 1; c < CLASSES; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return best;
  }

  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
