package io.carousel.io;

import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes parameters as the {@code state_dict} of a PyTorch module, in a safetensors file: {@code
 * module.load_state_dict(safetensors.torch.load_file(file))} takes them. The way back is {@code
 * Lstm.load}, {@code Gru.load}, {@code Rnn.load}, {@code Linear.load} and {@code Embedding.load}
 * with an open {@link SafetensorsFile}.
 */
public final class StateDict {
  private StateDict() {}

  /**
   * Writes the modules of a model.
   *
   * @param modules for each part that is written ({@code embedding}, {@code rnn}, {@code out}) the
   *     name of its module in PyTorch, such as {@code encoder.lstm}
   * @param file written crash-safely
   * @throws IllegalArgumentException when there is no such part, or PyTorch would compute otherwise
   *     with its parameters
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void save(SequenceModel model, Map<String, String> modules, Path file)
      throws IOException {
    save(model.parameters(), model.queue(), modules, file);
  }

  /**
   * Writes parameters; a tied one under each of its names.
   *
   * @param modules for the path of each part that is written the name of its module in PyTorch;
   *     either may be empty
   * @param file written crash-safely
   * @throws IllegalArgumentException when a path leads to no parameter, or to a stack that PyTorch
   *     has not, with what it has not
   * @throws IOException when the file cannot be written; an old one stays as it was
   */
  public static void save(
      ParameterSet parameters, Queue queue, Map<String, String> modules, Path file)
      throws IOException {
    SafetensorsWriter tensors = new SafetensorsWriter();
    for (Map.Entry<String, String> module : modules.entrySet()) {
      int before = tensors.names().size();
      requireNoDeparture(parameters, module.getKey());
      for (Parameter parameter : parameters) {
        add(tensors, parameter, parameter.path(), module, queue);
      }
      parameters
          .aliases()
          .forEach((alias, path) -> add(tensors, parameters.get(path), alias, module, queue));
      if (tensors.names().size() == before) {
        throw new IllegalArgumentException(
            "no parameter lies under '%s'; there are %s"
                .formatted(module.getKey(), parameters.all()));
      }
    }
    tensors.write(file);
  }

  /** A file that PyTorch takes must not compute other numbers there. */
  private static void requireNoDeparture(ParameterSet parameters, String module) {
    parameters
        .departures()
        .forEach(
            (path, how) -> {
              if (module.isEmpty() || path.equals(module) || path.startsWith(module + ".")) {
                throw new IllegalArgumentException(
                    "PyTorch's stacks have no %s: '%s' cannot be written for it"
                        .formatted(how, path));
              }
            });
  }

  private static void add(
      SafetensorsWriter tensors,
      Parameter parameter,
      String name,
      Map.Entry<String, String> module,
      Queue queue) {
    String from = module.getKey().isEmpty() ? "" : module.getKey() + ".";
    if (name.startsWith(from)) {
      String to = module.getValue().isEmpty() ? "" : module.getValue() + ".";
      ParameterTensors.add(tensors, to + name.substring(from.length()), parameter, queue);
    }
  }
}
