package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OrtException;
import io.carousel.OnnxRuntime;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.nn.LuongAttention;
import io.carousel.rnn.EncodedSource;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EncoderDecoderGraphTest {
  private final Random random = new Random(9);

  @Test
  void bothGraphsGiveTheSameInOnnxRuntime() throws OrtException {
    for (Cell cell : Cell.values()) {
      compare(cell, false, null);
      compare(cell, true, LuongAttention.Score.GENERAL);
      compare(cell, false, LuongAttention.Score.DOT);
    }
  }

  private void compare(Cell cell, boolean both, LuongAttention.@Nullable Score attention)
      throws OrtException {
    EncoderDecoderSpec spec = new EncoderDecoderSpec(cell, 9, 7, 3, 6, 2, both, attention, 0);
    int[] lengths = {4, 1, 3};
    int[] source = random.ints(4 * 3, 0, 9).toArray();
    int[] target = random.ints(2 * 3, 0, 7).toArray();
    try (Device device = Devices.open("cpu");
        EncoderDecoder model = new EncoderDecoder(spec, device, 1)) {
      Map<String, OnnxTensor> given = new LinkedHashMap<>();
      given.put("source", integers(OnnxType.INT64, source, 4, 3));
      given.put("lengths", integers(OnnxType.INT32, lengths, 3));
      Map<String, OnnxTensor> encoded =
          OnnxRuntime.run(
              OnnxWriter.bytes(EncoderDecoderGraph.encoder(model).model("encoder")), given);
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      inputs.put("target", integers(OnnxType.INT64, target, 2, 3));
      inputs.put("h0", encoded.get("h"));
      if (cell.hasCellState()) {
        inputs.put("c0", encoded.get("c"));
      }
      if (attention != null) {
        inputs.put("memory", encoded.get("memory"));
        inputs.put("lengths", given.get("lengths"));
      }
      Map<String, OnnxTensor> said =
          OnnxRuntime.run(
              OnnxWriter.bytes(EncoderDecoderGraph.decoder(model).model("decoder")), inputs);
      SequenceBatch batch = SequenceBatch.ofIds(PackedShape.of(lengths), source);
      try (EncodedSource start = model.encode(batch)) {
        Matrix logits =
            model.decode(
                start, start.start(), SequenceBatch.ofIds(PackedShape.dense(2, 3), target));
        float[] expected = new float[Math.toIntExact(logits.size())];
        model.queue().download(logits, expected, 0);
        model.pool().release(logits);
        assertArrayEquals(expected, said.get("logits").floats(), 1e-5f, spec.toString());
        float[] h = new float[Math.toIntExact(start.start().h().size())];
        model.queue().download(start.start().h(), h, 0);
        assertArrayEquals(h, said.get("hN").floats(), 1e-5f, spec.toString());
      }
    }
  }

  private static OnnxTensor integers(OnnxType type, int[] values, int... shape) {
    return new OnnxTensor(type, shape, Arrays.stream(values).asDoubleStream().toArray());
  }
}
