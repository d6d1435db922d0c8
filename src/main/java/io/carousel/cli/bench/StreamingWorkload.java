package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** One time step of one sequence, whose state is carried on; numbers come from and go to Java. */
final class StreamingWorkload extends Workload {
  private final float[] in;
  final float[] out;
  private final Matrix x;
  private final Matrix h;
  private final @Nullable Matrix c;
  private final Matrix output;

  StreamingWorkload(BenchCase what, Device device) {
    super(what, device);
    in = new float[spec.inputSize()];
    out = new float[spec.outputSize()];
    x = random("x", 1, spec.inputSize());
    queue.download(x, in, 0);
    h = states("h", spec.stateSize());
    c = cellStates("c");
    output = scope.reals("y", 1, spec.outputSize());
  }

  @Override
  void enqueue() {
    queue.upload(in, 0, x);
    layer.infer(queue, shape, x, h, c, output, h, c);
    queue.download(output, out, 0);
  }
}
