package io.carousel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Activation;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import io.carousel.io.ModelFile;
import io.carousel.io.Probe;
import io.carousel.io.SafetensorsFile;
import io.carousel.io.SequenceModelFile;
import io.carousel.io.TensorEntry;
import io.carousel.rnn.Readout;
import io.carousel.rnn.SequenceModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a safetensors file holds, and what model it is where it is one of ours. */
final class ModelSummary {
  private static final int LONGEST_LIST = 24;
  private static final int SHOWN = 8;
  private static final int LONGEST_METADATA = 300;

  private final Path file;
  private final long fileBytes;
  private final List<TensorEntry> tensors;
  private final Map<String, String> metadata;
  private final @Nullable SequenceModelSpec model;
  private final @Nullable ObjectNode description;
  private final @Nullable Probe probe;

  private ModelSummary(
      Path file,
      long fileBytes,
      List<TensorEntry> tensors,
      Map<String, String> metadata,
      @Nullable SequenceModelSpec model,
      @Nullable ObjectNode description,
      @Nullable Probe probe) {
    this.file = file;
    this.fileBytes = fileBytes;
    this.tensors = tensors;
    this.metadata = metadata;
    this.model = model;
    this.description = description;
    this.probe = probe;
  }

  /**
   * Reads the header of a file, and its description where it is a model.
   *
   * @throws io.carousel.io.ModelFormatException when it is no safetensors file, or a broken model
   */
  static ModelSummary read(Path file) throws IOException {
    List<TensorEntry> tensors = new ArrayList<>();
    Map<String, String> metadata;
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      for (String name : stored.names()) {
        tensors.add(stored.entry(name));
      }
      metadata = new LinkedHashMap<>(stored.metadata());
    }
    ObjectNode description = null;
    Probe probe = null;
    SequenceModelSpec model = null;
    if ("carousel-model".equals(metadata.get("format"))) {
      try (ModelFile stored = ModelFile.open(file)) {
        description = stored.description();
        probe = stored.probe();
        tensors.removeIf(tensor -> !stored.tensors().names().contains(tensor.name()));
      }
      if (description.path("kind").asText().equals("sequence-model")) {
        model = SequenceModelFile.spec(file);
      }
    }
    return new ModelSummary(file, Files.size(file), tensors, metadata, model, description, probe);
  }

  /** The whole summary as JSON. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("file", file.toString());
    json.put("fileBytes", fileBytes);
    json.put("parameters", elements());
    json.put("parameterBytes", bytes());
    ArrayNode list = json.putArray("tensors");
    for (TensorEntry tensor : tensors) {
      ObjectNode entry = list.addObject().put("name", tensor.name());
      entry.put("type", tensor.dtype().name());
      ArrayNode shape = entry.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
      entry.put("elements", tensor.elements()).put("bytes", tensor.bytes());
    }
    if (description == null) {
      ObjectNode texts = json.putObject("metadata");
      metadata.forEach(texts::put);
    } else {
      json.set("description", description);
      json.put("probe", probe == null ? "none" : probe.toString());
    }
    return json;
  }

  /** The summary for people. */
  void print(PrintWriter out) {
    out.printf(Locale.ROOT, "%s: %,d bytes%n%n", Printable.text(String.valueOf(file)), fileBytes);
    if (model != null) {
      layers(model).forEach(layer -> out.println("  " + layer));
      out.println();
    }
    TextTable table = new TextTable("tensor", "type", "shape", ">elements", ">bytes");
    for (TensorEntry tensor : tensors) {
      table.row(
          tensor.name(),
          tensor.dtype().name(),
          Arrays.toString(tensor.shape()),
          count(tensor.elements()),
          count(tensor.bytes()));
    }
    table.row("total", "", "", count(elements()), count(bytes()));
    table.print(out, "  ");
    if (description != null) {
      out.println("\nprobe: " + (probe == null ? "none" : probe + "; see 'carousel verify'"));
    }
    if (description != null && description.hasNonNull("notes")) {
      out.println("\nnotes");
      out.println(shortened(description.get("notes")).toPrettyString());
    } else if (!metadata.isEmpty()) {
      out.println("\nmetadata");
      metadata.forEach((key, text) -> out.println("  " + Printable.text(key) + ": " + cut(text)));
    }
  }

  private static List<String> layers(SequenceModelSpec model) {
    List<String> lines = new ArrayList<>();
    RecurrentSpec stack = model.recurrent();
    if (model.vocabulary() > 0) {
      lines.add("embedding  %d ids -> %d".formatted(model.vocabulary(), stack.inputSize()));
    }
    for (int layer = 0; layer < stack.numLayers(); layer++) {
      lines.add(
          "%s  layer %d: %d -> %d%s%s%s%s"
              .formatted(
                  name(stack.cell()),
                  layer,
                  stack.layerInputSize(layer),
                  stack.outputSize(),
                  stack.bidirectional() ? ", both directions" : "",
                  stack.projSize() > 0 ? ", projected from " + stack.hiddenSize() : "",
                  stack.bias() ? "" : ", no bias",
                  options(stack)));
    }
    lines.add(
        "linear  %d -> %d%s, of %s%s"
            .formatted(
                model.headInputSize(),
                model.outputs(),
                model.tied() ? ", weight of the embedding" : "",
                read(model.readout()),
                model.outputActivation().equals(Activation.IDENTITY)
                    ? ""
                    : ", " + model.outputActivation()));
    return lines;
  }

  private static String read(Readout readout) {
    return switch (readout) {
      case EVERY_STEP -> "every step";
      case LAST_STATE -> "the last state";
      case LAST_CELL -> "the last cell state";
    };
  }

  /** What departs from the standard cell. */
  private static String options(RecurrentSpec stack) {
    StringBuilder text = new StringBuilder();
    if (!stack.activation().equals(Activation.TANH)) {
      text.append(", activation ").append(stack.activation());
    }
    if (!stack.gateActivation().equals(Activation.SIGMOID)) {
      text.append(", gates ").append(stack.gateActivation());
    }
    if (!stack.cellOutputActivation().equals(stack.activation())) {
      text.append(", cell output ").append(stack.cellOutputActivation());
    }
    text.append(stack.resetAfter() ? "" : ", reset before");
    text.append(stack.peephole() ? ", peepholes" : "");
    text.append(stack.coupledInputForget() ? ", coupled input and forget gates" : "");
    if (stack.cellClip() > 0) {
      text.append(", cell within ").append(stack.cellClip());
    }
    if (stack.precision() != Precision.FP32) {
      text.append(", ").append(name(stack.precision()));
    }
    return text.toString();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Long lists, such as vocabularies, by their first elements and their number. */
  private static JsonNode shortened(JsonNode notes) {
    JsonNode copy = notes.deepCopy();
    if (copy instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(shortened(field.getValue())));
    } else if (copy instanceof ArrayNode array && array.size() > LONGEST_LIST) {
      int size = array.size();
      while (array.size() > SHOWN) {
        array.remove(SHOWN);
      }
      array.add("… %d in all".formatted(size));
    }
    return copy;
  }

  private static String cut(String text) {
    String printable = Printable.text(text);
    return printable.length() <= LONGEST_METADATA
        ? printable
        : printable.substring(0, LONGEST_METADATA) + "… (" + text.length() + " characters)";
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private long elements() {
    return tensors.stream().mapToLong(TensorEntry::elements).sum();
  }

  private long bytes() {
    return tensors.stream().mapToLong(TensorEntry::bytes).sum();
  }
}
