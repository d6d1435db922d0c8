package io.carousel.serve.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.serve.protocol.TensorSpec.Axis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a model and what comes out, for one kind of request. Batches come first, as
 * everywhere in the protocol: [batch, time, features].
 *
 * @param inputs tensors of a request
 * @param output the one tensor of the answer
 */
public record ModelSignature(List<TensorSpec> inputs, TensorSpec output) {
  /** The name of the sequences. */
  public static final String INPUT = "input";

  /** The name of their lengths. */
  public static final String LENGTHS = "lengths";

  /** The name of what the model says. */
  public static final String OUTPUT = "output";

  private static final List<Datatype> FLOATS = List.of(Datatype.FP32);
  private static final List<Datatype> INTEGERS = List.of(Datatype.INT64, Datatype.INT32);

  /** Whole sequences: [batch, time, features] or ids [batch, time], with optional lengths. */
  public static ModelSignature ofSequences(SequenceModelSpec model) {
    Axis batch = Axis.any("batch");
    TensorSpec lengths = new TensorSpec(LENGTHS, INTEGERS, List.of(batch), false);
    List<Axis> output = new ArrayList<>(List.of(batch));
    if (model.readout().perStep()) {
      output.add(Axis.any("time"));
    }
    return new ModelSignature(List.of(input(model, batch), lengths), output(model, output));
  }

  /** A piece of one stream: [time, features] or ids [time]. */
  public static ModelSignature ofSteps(SequenceModelSpec model) {
    return new ModelSignature(
        List.of(input(model)), output(model, new ArrayList<>(List.of(Axis.any("time")))));
  }

  private static TensorSpec input(SequenceModelSpec model, Axis... before) {
    List<Axis> axes = new ArrayList<>(List.of(before));
    axes.add(Axis.any("time"));
    boolean ids = model.vocabulary() > 0;
    if (!ids) {
      axes.add(new Axis("features", model.recurrent().inputSize()));
    }
    return new TensorSpec(INPUT, ids ? INTEGERS : FLOATS, List.copyOf(axes), true);
  }

  private static TensorSpec output(SequenceModelSpec model, List<Axis> axes) {
    axes.add(new Axis("outputs", model.outputs()));
    return new TensorSpec(OUTPUT, FLOATS, List.copyOf(axes), true);
  }

  /** A request in JSON, without an apostrophe or a line's end, that the model answers. */
  public String example() {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    var tensors = request.putArray("inputs");
    inputs.stream().filter(TensorSpec::required).map(TensorSpec::example).forEach(tensors::add);
    return request.toString();
  }

  /**
   * Commands of a shell to try: the model's metadata, then the {@link #example}.
   *
   * @param curl with the options that the server wants
   * @param url of the model
   */
  public List<String> commands(String curl, String url) {
    return List.of(curl + " " + url, curl + " " + url + "/infer -d '" + example() + "'");
  }

  /** The input of that name, null when there is none. */
  @Nullable TensorSpec input(String name) {
    return inputs.stream().filter(input -> input.name().equals(name)).findFirst().orElse(null);
  }

  /** The names of the inputs, in words. */
  String inputNames() {
    return String.join(", ", inputs.stream().map(TensorSpec::name).toList());
  }
}
