package io.carousel.io.onnx;

import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.SequenceAutoencoder;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes models as ONNX files, which ONNX Runtime and other programs run. Weights are FLOAT
 * whatever the model's precision; dropout is left out; axes of time and batch may be of any size.
 */
public final class OnnxExport {
  private OnnxExport() {}

  /**
   * What a file takes and gives beside its input and output.
   *
   * @param lengths whether sequences may differ in length: an input {@code lengths} [batch] of
   *     INT32; what comes out past their ends is 0
   * @param states whether states come in, {@code h0} and, of an LSTM, {@code c0}, and go out,
   *     {@code hN} and {@code cN}, [layers · directions, batch, H] each, as PyTorch has them
   * @param batchFirst whether input and output are [batch, time, …], else [time, batch, …]
   */
  public record Options(boolean lengths, boolean states, boolean batchFirst) {
    /** Input and output [time, batch, …], nothing else. */
    public static final Options PLAIN = new Options(false, false, false);
  }

  /**
   * Writes a model: {@code input} [time, batch, features], or ids [time, batch] of INT64, and
   * {@code output} [time, batch, outputs], or [batch, outputs] where the head reads the last state.
   *
   * @param metadata words for people and programs, such as the normalisation of the input
   * @param file written crash-safely
   * @throws IllegalArgumentException naming an option of the model that ONNX's operators have not
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void write(
      SequenceModel model, Options options, Map<String, String> metadata, Path file)
      throws IOException {
    GraphBuilder graph = graph(model, options);
    metadata.forEach(graph::metadata);
    graph.write("sequence_model", file);
  }

  /**
   * Writes an autoencoder: {@code input} [time, batch, features] and {@code lengths} [batch] of
   * INT32, each 1 or more, to {@code output}, the sequences as they come back, in their own order
   * and 0 past their ends.
   *
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void write(SequenceAutoencoder model, Map<String, String> metadata, Path file)
      throws IOException {
    GraphBuilder graph = AutoencoderGraph.of(model);
    metadata.forEach(graph::metadata);
    graph.write("autoencoder", file);
  }

  /**
   * Writes a translator as two files. The encoder takes {@code source} ids [source_time, batch] and
   * {@code lengths} [batch] of INT32, each 1 or more, and gives {@code h}, {@code c} and, with
   * attention, {@code memory}. The decoder takes {@code target} ids [time, batch], {@code h0},
   * {@code c0}, {@code memory} and {@code lengths}, and gives {@code logits}, {@code hN}, {@code
   * cN}: one step or several, from where the states stand.
   *
   * @throws IOException when a file cannot be written; an old one stays as it was
   */
  public static void write(
      EncoderDecoder model, Map<String, String> metadata, Path encoder, Path decoder)
      throws IOException {
    GraphBuilder reading = EncoderDecoderGraph.encoder(model);
    GraphBuilder saying = EncoderDecoderGraph.decoder(model);
    metadata.forEach(reading::metadata);
    metadata.forEach(saying::metadata);
    reading.write("encoder", encoder);
    saying.write("decoder", decoder);
  }

  /** The graph of a model. */
  static GraphBuilder graph(SequenceModel model, Options options) {
    SequenceModelSpec spec = model.spec();
    GraphBuilder graph = new GraphBuilder();
    boolean turn = options.batchFirst;
    String[] axes = turn ? new String[] {"batch", "time"} : new String[] {"time", "batch"};
    String given =
        spec.vocabulary() > 0
            ? graph.input("input", OnnxType.INT64, axes)
            : graph.input(
                "input",
                OnnxType.FLOAT,
                axes[0],
                axes[1],
                Integer.toString(spec.recurrent().inputSize()));
    String lengths = options.lengths ? graph.input("lengths", OnnxType.INT32, "batch") : null;
    List<StackGraph.State> initial = options.states ? initial(graph, spec.recurrent()) : null;
    String input = turn ? turned(graph, given, spec.vocabulary() == 0) : given;
    SequenceModelGraph made = SequenceModelGraph.add(graph, model, "", input, lengths, initial);
    String outputs = Integer.toString(spec.outputs());
    if (spec.readout().perStep()) {
      String output = turn ? turned(graph, made.output(), true) : made.output();
      graph.output("output", output, OnnxType.FLOAT, axes[0], axes[1], outputs);
    } else {
      graph.output("output", made.output(), OnnxType.FLOAT, "batch", outputs);
    }
    if (options.states) {
      last(graph, spec.recurrent(), made.stack());
    }
    return graph;
  }

  /** Exchanges the first two axes. */
  private static String turned(GraphBuilder graph, String value, boolean features) {
    long[] axes = features ? new long[] {1, 0, 2} : new long[] {1, 0};
    return graph.transposed(value + "/turned", value, axes);
  }

  /** Adds h0 and c0; gives the states of each layer. */
  static List<StackGraph.State> initial(GraphBuilder graph, RecurrentSpec spec) {
    String[] axes = stateAxes(spec);
    String h = graph.input("h0", OnnxType.FLOAT, axes);
    String c = spec.cell().hasCellState() ? graph.input("c0", OnnxType.FLOAT, axes) : null;
    return SequenceModelGraph.layers(graph, spec, h, c);
  }

  /** Adds hN and cN. */
  static void last(GraphBuilder graph, RecurrentSpec spec, StackGraph stack) {
    List<String> h = new ArrayList<>();
    List<String> c = new ArrayList<>();
    for (int k = 0; k < spec.numLayers(); k++) {
      StackGraph.State state = stack.state(k);
      h.add(state.h());
      @Nullable String cell = state.c();
      if (cell != null) {
        c.add(cell);
      }
    }
    together(graph, "hN", h, spec);
    if (!c.isEmpty()) {
      together(graph, "cN", c, spec);
    }
  }

  private static void together(
      GraphBuilder graph, String name, List<String> layers, RecurrentSpec spec) {
    String all =
        layers.size() == 1
            ? layers.get(0)
            : graph.node("Concat", name + "/layers", layers, "axis", 0L);
    graph.output(name, all, OnnxType.FLOAT, stateAxes(spec));
  }

  private static String[] stateAxes(RecurrentSpec spec) {
    return new String[] {
      Integer.toString(spec.runs()), "batch", Integer.toString(spec.hiddenSize())
    };
  }
}
