package io.carousel.task.icu;

import io.carousel.data.SequenceBatch;
import io.carousel.device.CloseAll;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.io.onnx.GraphBuilder;
import io.carousel.io.onnx.OnnxType;
import io.carousel.io.onnx.StackGraph;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ensemble of GRUs that see the same stays: one logit per member, stay and hour. Owns its
 * parameters and a queue; used by one thread at a time.
 */
final class MortalityNet implements AutoCloseable {
  private final Spec spec;
  private final Queue queue;
  private final ParameterSet parameters;
  private final MatrixPool pool;
  private final List<Member> members = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();

  /**
   * What a net is: everything but its weights.
   *
   * @param features F, columns of a step
   * @param hiddenSize H of each member
   * @param members of the ensemble
   * @param decay whether values and states decay between measurements
   * @param inputDropout rate, in [0, 1)
   * @param outputDropout rate, in [0, 1)
   */
  record Spec(
      int features,
      int hiddenSize,
      int members,
      boolean decay,
      double inputDropout,
      double outputDropout) {
    /** Checks what a file may say. */
    Spec {
      if (features != StayFeatures.COUNT || members < 1 || hiddenSize < 1) {
        throw new IllegalArgumentException(
            "expected %d features, 1 member and 1 unit or more, got %d, %d and %d"
                .formatted(StayFeatures.COUNT, features, members, hiddenSize));
      }
    }
  }

  MortalityNet(Spec spec, Device device, long seed) {
    this.spec = spec;
    try {
      queue = owned(device.openQueue());
      parameters = owned(new ParameterSet(queue, seed, "icu"));
      pool = owned(new MatrixPool(device, "icu"));
      for (int i = 0; i < spec.members; i++) {
        members.add(owned(new Member(spec, parameters, pool, "member" + i)));
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

  Spec spec() {
    return spec;
  }

  Queue queue() {
    return queue;
  }

  ParameterSet parameters() {
    return parameters;
  }

  MatrixPool pool() {
    return pool;
  }

  /**
   * The recurrent stacks by the paths of their weights; none with decay, which runs them one step
   * at a time, so that no pass of theirs has a time that gradients could flow through.
   */
  Map<String, RecurrentLayer> stacks() {
    Map<String, RecurrentLayer> stacks = new LinkedHashMap<>();
    for (int i = 0; i < members.size() && !spec.decay; i++) {
      stacks.put("member" + i + ".gru", members.get(i).stack());
    }
    return stacks;
  }

  /**
   * All members as one ONNX graph: {@code input} [hours, stays, features] to {@code output} [hours,
   * stays, 1], the risk after each hour.
   *
   * @throws IllegalArgumentException with decay
   */
  GraphBuilder onnx() {
    if (spec.decay) {
      throw new IllegalArgumentException(
          "a model with decay is not exported: ONNX's GRU has no state that fades between steps");
    }
    GraphBuilder graph = new GraphBuilder();
    String columns = Integer.toString(spec.features);
    String input = graph.input("input", OnnxType.FLOAT, "time", "batch", columns);
    String sum = "";
    for (int m = 0; m < members.size(); m++) {
      String path = "member" + m;
      RecurrentSpec gru = members.get(m).stack().spec();
      StackGraph stack =
          StackGraph.add(graph, gru, parameters, queue, path + ".gru", input, null, null);
      String deep =
          graph.linear(
              path + "/deep",
              stack.steps(),
              parameters.get(path + ".head.weight"),
              parameters.get(path + ".head.bias"),
              queue);
      String weight = graph.parameter(parameters.get(path + ".direct.weight"), queue);
      String turned = graph.transposed(path + "/direct/weight", weight, 1, 0);
      String wide = graph.node("MatMul", path + "/wide", List.of(input, turned));
      String logit = graph.node("Add", path + "/logit", List.of(deep, wide));
      sum = m == 0 ? logit : graph.node("Add", path + "/sum", List.of(sum, logit));
    }
    String mean = graph.node("Div", "mean", List.of(sum, graph.number(members.size())));
    String risk = graph.node("Sigmoid", "risk", List.of(mean));
    graph.output("output", risk, OnnxType.FLOAT, "time", "batch", "1");
    return graph;
  }

  /** Runs a member forward for training; the pass's output is [T·N, 1] logits, step by step. */
  Member.Pass forward(int member, SequenceBatch batch, int draw) {
    return members.get(member).forward(queue, batch, draw);
  }

  /** The logits [T·N, 1] of a member without dropout; the caller releases them to the pool. */
  Matrix infer(int member, SequenceBatch batch) {
    return members.get(member).infer(queue, batch);
  }

  @Override
  public void close() {
    CloseAll.inReverse(owned);
    owned.clear();
  }
}
