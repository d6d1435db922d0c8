package io.carousel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.HeapAllocation;
import io.carousel.device.BufferScope;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streaming through a fused plan of the processor: an input comes in, a step is made, the output
 * goes out, and nothing at all is allocated, neither on the heap nor on the device.
 */
class StreamingHeapTest {
  private static final int INPUTS = 5;

  static Stream<Arguments> streams() {
    return Stream.of(RecurrentSpec.lstm(INPUTS, 16), RecurrentSpec.gru(INPUTS, 16))
        .flatMap(
            spec ->
                Stream.of(
                    Arguments.of(spec, 1, false),
                    Arguments.of(spec, 1, true),
                    Arguments.of(spec.withNumLayers(3), 2, true),
                    // a step of so many units is shared by the threads
                    Arguments.of(
                        spec.cell() == Cell.LSTM
                            ? RecurrentSpec.lstm(INPUTS, 512)
                            : RecurrentSpec.rnn(INPUTS, 1024).withBidirectional(true),
                        2,
                        true)));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void stepsAllocateNothing(RecurrentSpec spec, int threads, boolean carriesState) {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(threads));
        Queue queue = device.openQueue();
        ParameterSet parameters = new ParameterSet(queue, 1, "test");
        RecurrentLayer layer = RecurrentLayer.builder(spec).build(parameters, "");
        BufferScope scope = new BufferScope(device, "test")) {
      assumeTrue(layer.whyNotFused() == null, "skipped: " + layer.whyNotFused());
      Matrix x = scope.reals("x", 1, INPUTS);
      Matrix out = scope.reals("out", 1, spec.outputSize());
      Matrix h = scope.reals("h", spec.runs(), spec.hiddenSize());
      Matrix c =
          spec.cell().hasCellState() ? scope.reals("c", spec.runs(), spec.hiddenSize()) : null;
      PackedShape shape = PackedShape.dense(1, 1);
      float[] in = {0.1f, 0.2f, -0.3f, 0.4f, 0.5f};
      float[] outputs = new float[spec.outputSize()];
      Runnable step =
          () -> {
            queue.upload(in, 0, x);
            Matrix h0 = carriesState ? h : null;
            Matrix c0 = carriesState ? c : null;
            layer.infer(queue, shape, x, h0, c0, out, h, c);
            queue.synchronize();
            queue.download(out, outputs, 0);
          };
      step.run();
      long onDevice = device.allocationCount();
      assertEquals(0, HeapAllocation.least(step), "bytes of heap");
      assertEquals(onDevice, device.allocationCount());
    }
  }
}
