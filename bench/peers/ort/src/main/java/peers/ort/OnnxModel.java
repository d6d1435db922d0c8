package peers.ort;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import peers.Data;
import peers.Workload;

/**
 * Writes an ONNX model (opset 14) of stacked LSTM or GRU nodes. The numbers of fields are those of
 * onnx.proto.
 */
final class OnnxModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 14;
  private static final int FLOAT = 1; // TensorProto.DataType
  private static final int INT64 = 7;
  private static final int INT = 2; // AttributeProto.AttributeType

  // fields of GraphProto
  private static final int NODE = 1;
  private static final int NAME = 2;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;

  private final Data data;
  private final Workload w;
  private final boolean lstm;
  private final int units;

  /** ONNX's order of gates, i,o,f,c and z,r,h, from PyTorch's. */
  private final int[] gateOrder;

  private final Protobuf graph = new Protobuf().text(NAME, "rnn");

  private OnnxModel(Data data) {
    this.data = data;
    w = data.w;
    lstm = w.cell().equals("lstm");
    units = w.H();
    gateOrder = lstm ? new int[] {0, 3, 1, 2} : new int[] {1, 0, 2};
  }

  /**
   * The model: x [T, B, I] to y [T, B, H]; in streaming also h0 to hn and, for an LSTM, c0 to cn,
   * [1, B, H].
   */
  static byte[] of(Data data) {
    OnnxModel model = new OnnxModel(data);
    model.addLayers();
    model.addInputsAndOutputs();
    return new Protobuf()
        .integer(1, IR_VERSION)
        .text(2, "peers")
        .message(7, model.graph)
        .message(8, new Protobuf().text(1, "").integer(2, OPSET))
        .toByteArray();
  }

  private void addLayers() {
    graph.message(INITIALIZER, integers("axes", 1));
    String input = "x";
    for (int l = 0; l < w.layers(); l++) {
      String withDirections = "directions" + l; // [T, 1, B, H]
      String output = l == w.layers() - 1 ? "y" : "y" + l;
      graph.message(NODE, recurrentNode(l, input, withDirections));
      graph.message(
          NODE,
          new Protobuf()
              .text(1, withDirections)
              .text(1, "axes")
              .text(2, output)
              .text(4, "Squeeze"));
      addWeights(l);
      input = output;
    }
  }

  private Protobuf recurrentNode(int l, String input, String output) {
    String noLengths = "";
    Protobuf node = new Protobuf();
    node.text(1, input).text(1, "W" + l).text(1, "R" + l).text(1, "B" + l).text(1, noLengths);
    node.text(1, inStream("h0"));
    if (lstm) {
      node.text(1, inStream("c0"));
    }
    node.text(2, output).text(2, inStream("hn"));
    if (lstm) {
      node.text(2, inStream("cn"));
    }
    node.text(4, lstm ? "LSTM" : "GRU").message(5, attribute("hidden_size", units));
    if (!lstm) {
      node.message(5, attribute("linear_before_reset", 1)); // as PyTorch's GRU
    }
    return node;
  }

  private String inStream(String name) {
    return w.stream() ? name : "";
  }

  private void addWeights(int l) {
    int rows = w.gates() * units;
    float[] biases = new float[2 * rows];
    System.arraycopy(ordered(data.bih[l], 1), 0, biases, 0, rows);
    System.arraycopy(ordered(data.bhh[l], 1), 0, biases, rows, rows);
    int inputs = w.in(l);
    graph
        .message(INITIALIZER, floats("W" + l, ordered(data.wih[l], inputs), 1, rows, inputs))
        .message(INITIALIZER, floats("R" + l, ordered(data.whh[l], units), 1, rows, units))
        .message(INITIALIZER, floats("B" + l, biases, 1, 2 * rows));
  }

  private float[] ordered(float[] rows, int columns) {
    return Data.permuteGates(rows, units, columns, gateOrder);
  }

  private void addInputsAndOutputs() {
    graph.message(INPUT, tensorInfo("x", w.T(), w.B(), w.I()));
    graph.message(OUTPUT, tensorInfo("y", w.T(), w.B(), units));
    if (w.stream()) {
      addState("h0", "hn");
      if (lstm) {
        addState("c0", "cn");
      }
    }
  }

  private void addState(String before, String after) {
    graph.message(INPUT, tensorInfo(before, 1, w.B(), units));
    graph.message(OUTPUT, tensorInfo(after, 1, w.B(), units));
  }

  private static Protobuf attribute(String name, int value) {
    return new Protobuf().text(1, name).integer(3, value).integer(20, INT);
  }

  private static Protobuf floats(String name, float[] values, int... sizes) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(name, FLOAT, bytes.array(), sizes);
  }

  private static Protobuf integers(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, INT64, bytes.array(), values.length);
  }

  private static Protobuf tensor(String name, int type, byte[] raw, int... sizes) {
    Protobuf tensor = new Protobuf();
    for (int size : sizes) {
      tensor.integer(1, size);
    }
    return tensor.integer(2, type).text(8, name).bytes(9, raw);
  }

  private static Protobuf tensorInfo(String name, int... sizes) {
    Protobuf shape = new Protobuf();
    for (int size : sizes) {
      shape.message(1, new Protobuf().integer(1, size));
    }
    Protobuf tensorType = new Protobuf().integer(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensorType));
  }
}
