package io.carousel.io;

import io.carousel.device.ElementType;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The parameters of a model as tensors of its file, by path and with their logical shapes. */
public final class ParameterTensors {
  private ParameterTensors() {}

  /** The parameters' values, in the device's real type. */
  public static SafetensorsWriter of(ParameterSet parameters, Queue queue) {
    SafetensorsWriter tensors = new SafetensorsWriter();
    for (Parameter parameter : parameters) {
      add(tensors, parameter.path(), parameter, queue);
    }
    return tensors;
  }

  /** Adds the value of a parameter under any name, in the device's real type. */
  static void add(SafetensorsWriter tensors, String name, Parameter parameter, Queue queue) {
    if (queue.device().realType() == ElementType.F64) {
      tensors.add(name, parameter.download(queue), dims(parameter));
    } else {
      tensors.add(name, parameter.downloadFloats(queue), dims(parameter));
    }
  }

  /**
   * Gives the parameters the values of a file.
   *
   * @param tensors of the file; exactly those of the parameters
   * @throws ModelFormatException when one is missing, unknown or of another shape
   */
  public static void read(SafetensorsFile tensors, ParameterSet parameters, Queue queue)
      throws IOException {
    read(tensors, parameters, queue, List.of());
  }

  /**
   * Gives the parameters the values of a file that holds other tensors beside them.
   *
   * @param others names of the other tensors, which are left to the caller
   * @throws ModelFormatException when one is missing, unknown or of another shape
   */
  public static void read(
      SafetensorsFile tensors, ParameterSet parameters, Queue queue, List<String> others)
      throws IOException {
    List<String> names = new ArrayList<>(parameters.aliases().keySet());
    parameters.forEach(p -> names.add(p.path()));
    names.addAll(others);
    tensors.requireNames(names);
    for (Parameter parameter : parameters) {
      tensors.require(parameter.path(), dims(parameter));
      parameter.upload(queue, tensors.readDoubles(parameter.path()));
    }
  }

  private static long[] dims(Parameter parameter) {
    return Arrays.stream(parameter.shape()).asLongStream().toArray();
  }
}
