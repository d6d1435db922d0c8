package io.carousel.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.ForkedJvm;
import io.carousel.io.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs of {@code examples/} compile without warnings, run as they stand and do well. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExamplesTest {
  /** The first example saves it here, others load it. */
  private static final String MODEL = "wave.safetensors";

  @TempDir private static Path folder;
  private static Path classes;

  @BeforeAll
  static void compile() throws Exception {
    classes = ExampleFiles.compile(folder.resolve("classes"));
  }

  private static String run(String example, String... arguments) throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(folder, Map.of(), List.of(), List.of(classes), example, arguments);
    return outcome.requireSuccess();
  }

  @Test
  @Order(1)
  void forecastWave() throws Exception {
    String output = run("ForecastWave");
    Matcher loss = Pattern.compile("best loss ([0-9.]+)").matcher(output);
    assertTrue(loss.find(), output);
    assertTrue(Double.parseDouble(loss.group(1)) < 0.01, output);
    Matcher ahead = Pattern.compile("last one: (-?[0-9.]+)").matcher(output);
    assertTrue(ahead.find(), output);
    int t = 2400 + 59 + 5;
    assertEquals(
        Math.sin(t / 9.0) * Math.sin(t / 70.0), Double.parseDouble(ahead.group(1)), 0.15, output);
  }

  @Test
  void readmeShowsTheFirst() throws Exception {
    String source = ExampleFiles.read("ForecastWave");
    assertTrue(source.lines().count() <= 30);
    assertTrue(Files.readString(Path.of("README.md")).contains(source), "README differs from it");
  }

  @Test
  @Order(2)
  void embedInService() throws Exception {
    List<String> lines = run("EmbedInService", MODEL).lines().toList();
    assertEquals(4, lines.size(), lines.toString());
    for (int i = 0; i < lines.size(); i++) {
      Matcher line = Pattern.compile("patient (\\d+): (-?[0-9.]+)").matcher(lines.get(i));
      assertTrue(line.matches(), lines.toString());
      assertEquals(25 * i, Integer.parseInt(line.group(1)));
      assertTrue(Math.abs(Double.parseDouble(line.group(2))) < 1.5, lines.toString());
    }
  }

  @Test
  @Order(2)
  void streamAndResume() throws Exception {
    assertEquals("100 steps, the same bits\n", run("StreamAndResume", MODEL));
  }

  @Test
  @Order(2)
  void batchSessions() throws Exception {
    assertEquals("4000 steps\n", run("BatchSessions", MODEL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BatchSessions",
        "EmbedInService",
        "StreamAndResume",
        "TrainAndResume",
        "ImportFromPyTorch"
      })
  void withoutArgumentsTheUsageIsSaid(String example) throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(folder, Map.of(), List.of(), List.of(classes), example);
    assertEquals(2, outcome.exitValue(), outcome.toString());
    assertTrue(outcome.errors().startsWith("usage: " + example + " "), outcome.toString());
  }

  @Test
  void trainAndResume() throws Exception {
    String first = run("TrainAndResume", "run");
    assertTrue(first.startsWith("starts\n"), first);
    String second = run("TrainAndResume", "run");
    assertTrue(second.startsWith("goes on\n"), second);
    assertEquals(first.lines().toList().get(1), second.lines().toList().get(1));
  }

  @Test
  void importFromPyTorch() throws Exception {
    float[] in = {0.5f, -0.25f, 1.5f, 0.75f}; // gates i, f, g, o
    float[] hidden = {0.25f, 0.5f, -1, 1};
    float[] bias = {0.1f, 1, -0.2f, 0.3f};
    SafetensorsWriter file = new SafetensorsWriter();
    file.add("lstm.weight_ih_l0", in, 4, 1);
    file.add("lstm.weight_hh_l0", hidden, 4, 1);
    file.add("lstm.bias_ih_l0", bias, 4);
    file.add("lstm.bias_hh_l0", new float[4], 4);
    file.add("head.weight", new float[] {3}, 1, 1);
    file.add("head.bias", new float[] {-0.5f}, 1);
    file.write(folder.resolve("torch.safetensors"));

    List<Double> expected = new ArrayList<>();
    double h = 0;
    double c = 0;
    for (double x : new double[] {0.5, -1, 2}) {
      double[] gates = new double[4];
      for (int g = 0; g < 4; g++) {
        gates[g] = in[g] * x + hidden[g] * h + bias[g];
      }
      c = sigmoid(gates[1]) * c + sigmoid(gates[0]) * Math.tanh(gates[2]);
      h = sigmoid(gates[3]) * Math.tanh(c);
      expected.add(3 * h - 0.5);
    }
    List<Double> outputs =
        run("ImportFromPyTorch", "torch.safetensors", "imported.safetensors")
            .lines()
            .map(Double::valueOf)
            .toList();
    assertEquals(3, outputs.size());
    for (int t = 0; t < 3; t++) {
      assertEquals(expected.get(t), outputs.get(t), 1e-5);
    }
    run("StreamAndResume", "imported.safetensors");
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
