package io.carousel.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void casesOfLibtorchAgree(String device) throws IOException {
    Object[] cases = TestData.requireCases().toArray();
    Object[] args =
        Stream.concat(Stream.of("verify", "--device", device), Arrays.stream(cases)).toArray();
    Cli run = Cli.run(args).succeeded();
    run.printed("device " + device + ": .*\\(asked for by name\\)");
    run.printed(
        cases.length + " of " + cases.length + " cases agree, 0 differ, 0 could not be used");
    run.printed(" +grad\\.weight_hh_l0 +\\d\\.\\d\\de-\\d\\d +\\d\\.\\d\\de-\\d\\d +ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "stepwise", "STEPWISE"})
  void aTrueCaseAgreesUnderEachPlan(String plan) throws IOException {
    Path file = new HandMadeCase().write(folder.resolve("case.safetensors"));
    Cli.run("verify", "--plan", plan, file).succeeded().printed("1 of 1 cases agree.*");
  }

  @Test
  void aTensorThatDiffersFailsByName() throws IOException {
    HandMadeCase perturbed = new HandMadeCase();
    perturbed.values.get("grad.weight_hh_l0")[0] = 1e-3;
    Path file = perturbed.write(folder.resolve("case.safetensors"));
    Cli run = Cli.run("verify", file);
    assertEquals(1, run.exitCode(), run.toString());
    run.printed(" +grad.weight_hh_l0 +1.00e-03 +1.00e-03 +FAILED");
    run.printed(" +grad.weight_ih_l0 +0.00e\\+00 +0.00e\\+00 +ok");
    run.printed("0 of 1 cases agree, 1 differ, 0 could not be used");
    Cli.run("verify", "--tolerance", "2e-3", file).succeeded();
    Cli.run("verify", "--device", "reference", "--tolerance", "1e-4", file).printed(".*1 differ.*");
  }

  @Test
  void theDefaultToleranceIsThatOfTheCoarserType() throws IOException {
    HandMadeCase perturbed = new HandMadeCase();
    perturbed.values.get("output")[0] = 1e-6;
    Path file = perturbed.write(folder.resolve("case.safetensors"));
    Cli.run("verify", "--device", "cpu", file).succeeded().printed(".*tolerance 2.00e-05");
    Cli exact = Cli.run("verify", "--device", "reference", file);
    assertEquals(1, exact.exitCode());
    exact.printed(".*FAILED.*fp64, tolerance 1.00e-11");
  }

  @Test
  void filesThatCannotBeUsedDoNotStopTheOthers() throws IOException {
    Path good = new HandMadeCase().write(folder.resolve("good.safetensors"));
    Path missing = folder.resolve("missing.safetensors");
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));
    byte[] bytes = Files.readAllBytes(good);
    Path truncated = folder.resolve("truncated.safetensors");
    Files.write(truncated, Arrays.copyOf(bytes, bytes.length - 8));
    HandMadeCase nan = new HandMadeCase();
    nan.values.get("input")[3] = Double.NaN;
    Path notFinite = nan.write(folder.resolve("nan.safetensors"));
    Path shape =
        new HandMadeCase().reshape("input", 3, 2, 2).write(folder.resolve("shape.safetensors"));
    Cli run = Cli.run("verify", missing, empty, truncated, notFinite, shape, good);
    assertEquals(1, run.exitCode(), run.toString());
    run.printed("1 of 6 cases agree, 0 differ, 5 could not be used");
    String[] errors = run.err().lines().toArray(String[]::new);
    assertEquals(5, errors.length, run.err());
    String lead = "carousel verify: ";
    assertEquals(lead + missing + ": no such file", errors[0]);
    assertTrue(errors[1].startsWith(lead + empty + ": "), errors[1]);
    assertTrue(errors[2].startsWith(lead + truncated + ": "), errors[2]);
    assertEquals(lead + notFinite + ": tensor 'input' holds NaN at element 3", errors[3]);
    assertEquals(
        lead + shape + ": tensor 'input' has shape [3, 2, 2], expected [2, 3, 2]: transpose?",
        errors[4]);
  }

  @Test
  void testsOfTheOnnxProjectAgree() throws IOException {
    Path tests = TestData.require("onnx-rnn-node-tests");
    Path one = tests.resolve("test_lstm_defaults");
    Cli run = Cli.run("verify", "--device", "reference", tests, one).succeeded();
    run.printed(one + ": ONNX node test, LSTM, 1 data set\\(s\\)");
    run.printed("  Y_h  .*  ok");
    run.printed("  ok: plan stepwise, fp64, tolerance 2.00e-05");
    run.printed("7 of 7 cases agree, 0 differ, 0 could not be used");
    Cli strict = Cli.run("verify", "--tolerance", "1e-12", one);
    assertEquals(1, strict.exitCode());
    strict.printed("0 of 1 cases agree, 1 differ, 0 could not be used");
  }

  @Test
  void aFolderWithoutTestsIsRefused() {
    Cli.run("verify", folder)
        .failed(1, folder + ": no ONNX node test: there is no model.onnx in it");
  }

  @Test
  void whatTheDeviceCannotDoIsRefusedWithTheReason() throws IOException {
    Path file = new HandMadeCase().write(folder.resolve("case.safetensors"));
    Cli.run("verify", "--device", "reference", "--plan", "fused", file)
        .failed(1, file + ": no fused plan: device reference has no fused plans");
    Cli.run("verify", "--device", "cpu", "--precision", "bf16", file)
        .failed(1, "device cpu does not compute in BF16");
    Cli.run("verify", "--device", "cpu:7", file).failed(1, "there is one cpu device");
  }

  private Path model() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (Device device = Devices.open("cpu");
        SequenceModel model =
            SequenceModel.around(Lstm.builder(2, 5).bidirectional(true)).head(3).build(device, 1)) {
      SequenceModelFile.save(model, file);
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void aModelAnswersItsProbes(String device) throws IOException {
    Cli run = Cli.run("verify", "--device", device, model()).succeeded();
    run.printed(
        ".*: sequence-model, probe of 3 sequences of \\[4, 1, 7\\] steps, 18 numbers, computed on cpu"
            + " in fp32");
    run.printed(" +probe.answers .* ok");
    run.printed("1 of 1 probes agree, 0 differ, 0 could not be used");
  }

  @Test
  void casesAndProbesAreCountedAsWhatTheyAre() throws IOException {
    Path reference = new HandMadeCase().write(folder.resolve("case.safetensors"));
    Cli.run("verify", reference, model()).succeeded().printed("2 of 2 cases and probes agree, .*");
  }

  @Test
  void whatHoldsNoAnswersIsRefusedWithWhatToGive() throws IOException {
    Path model = model();
    Cli.run("verify", folder).failed(1, folder + ": this is the folder of a run: give " + model);
    Path onnx = folder.resolve("model-x.onnx");
    Cli.run("export", model, "--onnx", onnx).succeeded();
    Cli.run("verify", onnx)
        .failed(
            1,
            onnx + ": its name says ONNX, and an ONNX model has no answers to compare with: give");
  }

  @Test
  void aModelWhoseKindWasDamagedIsToldFromACase() throws IOException {
    Path file = model();
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, ISO_8859_1).indexOf("\"format\"");
    bytes[at + 1] = 'g';
    Files.write(file, bytes);
    Cli run = Cli.run("verify", file).failed(1, "neither a model of Carousel");
    assertFalse(run.err().contains("missing metadata"), run.err());
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a server would go on
  void aDamagedModelIsFoundAndNotTakenByStrictCommands() throws IOException {
    Path file = model();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 600] ^= 0x40; // within the weights, which the probe follows
    Files.write(file, bytes);
    Cli.run("verify", file).failed(1, "the weights are not those that were saved");
    Cli.run("predict", "lm", "--strict", "--model", file)
        .failed(1, "the weights are not those that were saved");
    Cli.run("serve", "--strict", "--port", 0, file)
        .failed(1, "the weights are not those that were saved");
  }

  @Test
  void answersThatDifferFailByName() throws IOException {
    Path file = model();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 0x40; // the last answer
    Files.write(file, bytes);
    Cli run = Cli.run("verify", file);
    assertEquals(1, run.exitCode());
    run.printed(" +probe.answers .* FAILED");
    run.printed(
        "  device reference does not .* either: its probe is damaged \\(the weights are not\\).*");
    Cli.run("predict", "lm", "--strict", "--model", file).failed(1, "its probe is damaged");
  }

  /** Differences of nearly equal numbers: what float32 makes of them is not what float64 makes. */
  @Test
  void aDeviceThatComputesOtherwiseIsToldFromADamagedProbe() throws IOException {
    Path file = folder.resolve("steep.safetensors");
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(Rnn.builder(2, 2)).head(1).build(device, 1)) {
      set(model, "rnn.weight_ih_l0", 0.5, 0.3, 0.5, 0.300001);
      set(model, "rnn.weight_hh_l0", 0.1, 0.1, 0.1, 0.1);
      set(model, "rnn.bias_ih_l0", 0, 0);
      set(model, "rnn.bias_hh_l0", 0, 0);
      set(model, "out.weight", 1e8, -1e8);
      SequenceModelFile.save(model, file);
    }
    Cli run = Cli.run("verify", "--device", "cpu", file);
    assertEquals(1, run.exitCode(), run.toString());
    run.printed("  device reference gives the answers of the file: cpu computes otherwise");
    Cli.run("verify", "--device", "reference", file).succeeded();
  }

  private static void set(SequenceModel model, String parameter, double... values) {
    model.parameters().get(parameter).upload(model.queue(), values);
  }

  @Test
  void modelsOfBeforeHaveNoProbes() throws IOException {
    Path file = folder.resolve("old.safetensors");
    try (InputStream old =
        SequenceModelFile.class.getResourceAsStream("sequence-model-v1.safetensors")) {
      Files.write(file, Objects.requireNonNull(old).readAllBytes());
    }
    Cli.run("verify", file).failed(1, "no probes: an earlier Carousel saved the model");
    Cli.run("predict", "lm", "--strict", "--model", file).failed(1, "no probes");
    Cli.run("summary", file).succeeded().printed("probe: none");
  }
}
