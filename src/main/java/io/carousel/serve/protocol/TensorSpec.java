package io.carousel.serve.protocol;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * A tensor that a model takes or gives.
 *
 * @param name in requests and answers
 * @param datatypes that are taken; the first one is said in the metadata
 * @param axes the dimensions, outermost first
 * @param required whether a request must hold it
 */
public record TensorSpec(String name, List<Datatype> datatypes, List<Axis> axes, boolean required) {

  /**
   * A dimension.
   *
   * @param name the field's word for it
   * @param size -1 where the request decides
   */
  public record Axis(String name, int size) {
    /** Of any size. */
    static Axis any(String name) {
      return new Axis(name, -1);
    }
  }

  /** The protocol's metadata of a tensor, with the names of its axes as an extension. */
  public ObjectNode metadata() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name);
    json.put("datatype", datatypes.get(0).name());
    var shape = json.putArray("shape");
    var names = json.putObject("parameters").putArray("axes");
    for (Axis axis : axes) {
      shape.add(axis.size());
      names.add(axis.name());
    }
    if (!required) {
      json.withObject("parameters").put("optional", true);
    }
    return json;
  }

  /** A tensor of a request: zeros, of size 1 along each axis that the request decides. */
  ObjectNode example() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("datatype", datatypes.get(0).name());
    var shape = json.putArray("shape");
    int count = 1;
    for (Axis axis : axes) {
      int size = Math.max(1, axis.size());
      shape.add(size);
      count *= size;
    }
    var data = json.putArray("data");
    Collections.nCopies(count, 0).forEach(data::add);
    return json;
  }

  /** The axes as people write them: {@code [batch, time, features=12]}. */
  public String form() {
    StringJoiner form = new StringJoiner(", ", "[", "]");
    for (Axis axis : axes) {
      form.add(axis.size() < 0 ? axis.name() : axis.name() + "=" + axis.size());
    }
    return form.toString();
  }

  /** The datatype of that name; refuses one that is none of this tensor's. */
  Datatype datatype(String text) {
    for (Datatype known : datatypes) {
      if (known.name().equals(text)) {
        return known;
      }
    }
    String taken = datatypes.stream().map(Datatype::name).collect(Collectors.joining(" or "));
    throw new ProtocolException(
        "%s takes %s, got %s".formatted(this, taken, JsonProblem.quote(text)));
  }

  /** Refuses a shape that is none of this tensor's, in words that name the axes. */
  void require(List<Integer> shape) {
    if (shape.size() != axes.size()) {
      throw new ProtocolException(
          "%s wants %s, got the shape %s: %s"
              .formatted(
                  this, axes.size() == 1 ? "one axis" : axes.size() + " axes", shape, form()));
    }
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      int size = shape.get(i);
      if (axis.size() >= 0 && size != axis.size()) {
        boolean elsewhere = shape.contains(axis.size());
        throw new ProtocolException(
            "%s expected %s, got %s%s"
                .formatted(this, form(), shape, elsewhere ? ": transpose?" : ""));
      }
      if (size < 1) {
        throw new ProtocolException(
            "%s: axis %s must be at least 1, got %d".formatted(this, axis.name(), size));
      }
    }
  }

  /** Where element {@code index} stands: {@code [batch 0, time 3, features 7]}. */
  String position(List<Integer> shape, int index) {
    int[] at = new int[axes.size()];
    for (int i = at.length - 1, rest = index; i >= 0; i--) {
      at[i] = rest % shape.get(i);
      rest /= shape.get(i);
    }
    StringJoiner position = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < at.length; i++) {
      position.add(axes.get(i).name() + " " + at[i]);
    }
    return position.toString();
  }

  @Override
  public String toString() {
    return "tensor '" + name + "'";
  }
}
