package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.io.Tolerance;
import io.carousel.io.onnx.Computing;
import io.carousel.io.onnx.OnnxNodeTest;
import java.io.IOException;
import java.nio.file.Path;

/** A test of the ONNX project: a graph, inputs and outputs. */
record OnnxVerification(Path folder) implements Verification {
  @Override
  public Outcome run(Device device, PlanChoice plan, Precision precision) throws IOException {
    OnnxNodeTest test = OnnxNodeTest.read(folder);
    OnnxNodeTest.Result result = test.run(new Computing(device, plan, precision));
    return new Outcome(
        "ONNX node test, " + test.description(),
        result.differences(),
        Tolerance.of(test.isFloat64(), device, precision),
        result.kernels());
  }
}
