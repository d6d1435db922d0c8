package io.carousel.io;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The metadata of a reference case.
 *
 * @param spec the stack and the batch
 * @param source who computed the case
 */
record ReferenceMetadata(ReferenceSpec spec, String source) {
  private static final List<String> KEYS =
      List.of(
          "cell",
          "num_layers",
          "bidirectional",
          "bias",
          "proj_size",
          "T",
          "B",
          "input_size",
          "hidden_size",
          "packed",
          "source");

  static ReferenceMetadata read(SafetensorsFile tensors) throws ModelFormatException {
    Set<String> missing = new LinkedHashSet<>(KEYS);
    missing.removeAll(tensors.metadata().keySet());
    Set<String> unknown = new LinkedHashSet<>(tensors.metadata().keySet());
    unknown.removeAll(KEYS);
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new ModelFormatException(
          tensors.path(),
          "missing metadata: %s; unknown metadata: %s"
              .formatted(Names.list(missing), Names.list(unknown)));
    }
    ReferenceSpec spec =
        new ReferenceSpec(
            cell(tensors),
            count(tensors, "num_layers", 1),
            flag(tensors, "bidirectional"),
            flag(tensors, "bias"),
            count(tensors, "proj_size", 0),
            count(tensors, "T", 1),
            count(tensors, "B", 1),
            count(tensors, "input_size", 1),
            count(tensors, "hidden_size", 1),
            flag(tensors, "packed"));
    requireConsistent(tensors, spec);
    return new ReferenceMetadata(spec, Envelope.require(tensors, "source"));
  }

  private static void requireConsistent(SafetensorsFile tensors, ReferenceSpec spec)
      throws ModelFormatException {
    if (spec.projSize() > 0 && spec.cell() != ReferenceSpec.Cell.LSTM) {
      throw new ModelFormatException(
          tensors.path(),
          "proj_size is %d, but only an lstm has a projection, not %s"
              .formatted(spec.projSize(), spec.cell().id()));
    }
    if (spec.projSize() >= spec.hiddenSize()) {
      throw new ModelFormatException(
          tensors.path(),
          "proj_size %d is not smaller than hidden_size %d"
              .formatted(spec.projSize(), spec.hiddenSize()));
    }
    // The names that are expected are made from this number: it must be one that can be true.
    if (spec.numLayers() > tensors.names().size()) {
      throw new ModelFormatException(
          tensors.path(),
          "num_layers is %d, but the file holds only %d tensors"
              .formatted(spec.numLayers(), tensors.names().size()));
    }
  }

  private static ReferenceSpec.Cell cell(SafetensorsFile tensors) throws ModelFormatException {
    String id = Envelope.require(tensors, "cell");
    ReferenceSpec.Cell cell = ReferenceSpec.Cell.of(id);
    if (cell == null) {
      throw wrong(tensors, "cell", id, "rnn_tanh, rnn_relu, lstm or gru");
    }
    return cell;
  }

  private static int count(SafetensorsFile tensors, String key, int least)
      throws ModelFormatException {
    String text = Envelope.require(tensors, key);
    if (!text.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(text) < least) {
      throw wrong(tensors, key, text, "a whole number from " + least + " to 999999999");
    }
    return Integer.parseInt(text);
  }

  private static boolean flag(SafetensorsFile tensors, String key) throws ModelFormatException {
    String text = Envelope.require(tensors, key);
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(tensors, key, text, "true or false");
    };
  }

  private static ModelFormatException wrong(
      SafetensorsFile tensors, String key, String value, String expected) {
    return new ModelFormatException(
        tensors.path(), "metadata " + key + " is " + Names.quote(value) + ", expected " + expected);
  }
}
