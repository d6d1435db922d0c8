package io.carousel.task.ecg.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.serve.protocol.ModelSignature;
import io.carousel.serve.protocol.TensorSpec;
import java.util.List;
import java.util.Locale;

/**
 * A model as the page shows it to people.
 *
 * @param name in requests
 * @param facts what it is, in a few words each
 * @param requests commands to try, with {@code {server}} for the address
 */
record ModelWords(String name, List<String> facts, List<String> requests) {
  static ModelWords of(String name, SequenceModelSpec model) {
    RecurrentSpec stack = model.recurrent();
    ModelSignature signature = ModelSignature.ofSequences(model);
    TensorSpec input = signature.inputs().get(0);
    String stackWords =
        "%s%s, %d × %d units"
            .formatted(
                stack.directions() == 2 ? "bidirectional " : "",
                stack.cell(),
                stack.numLayers(),
                stack.hiddenSize());
    String takes = "takes %s %s".formatted(input.datatypes().get(0), input.form());
    String gives = "gives " + signature.output().form();
    String weights = String.format(Locale.ROOT, "%,d weights", model.parameterCount());
    String url = "{server}/v2/models/" + name;
    return new ModelWords(
        name, List.of(stackWords, weights, takes, gives), signature.commands("curl", url));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
    facts.forEach(json.putArray("facts")::add);
    requests.forEach(json.putArray("requests")::add);
    return json;
  }
}
