package io.carousel.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.TestData;
import io.carousel.data.SequenceBatch;
import io.carousel.device.Device;
import io.carousel.rnn.Readout;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.RecurrentState;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of Keras compute what Keras computed: every case of keras-js that is at hand. */
class KerasReferenceTest {
  private static final double TOLERANCE = 3e-6;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void everyCaseIsReproduced(String deviceName) throws IOException {
    List<KerasCase> cases = cases();
    assertTrue(cases.size() >= 18, cases.size() + " cases");
    try (Device device = TestData.openOrSkip(deviceName)) {
      for (KerasCase theirs : cases) {
        Path file = folder.resolve("weights.safetensors");
        theirs.save(file);
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
          float[] outputs = outputs(theirs, theirs.load(tensors), device);
          double[] computed =
              IntStream.range(0, outputs.length).mapToDouble(i -> outputs[i]).toArray();
          assertArrayEquals(theirs.expected(), computed, TOLERANCE, theirs.name());
        }
      }
    }
  }

  private static float[] outputs(
      KerasCase theirs, RecurrentLayer.Builder<?, ?> stack, Device device) {
    boolean everyStep = theirs.flag("return_sequences");
    SequenceBatch batch = theirs.batch();
    try (SequenceModel model =
            SequenceModel.around(stack)
                .head(KerasCase.identity(stack.spec().outputSize()))
                .readout(everyStep ? Readout.EVERY_STEP : Readout.LAST_STATE)
                .build(device, 1);
        RecurrentState state = model.newState(1)) {
      if (theirs.flag("stateful")) { // the expected output is that of a second pass
        model.predict(batch, state);
      }
      return model.predict(batch, state);
    }
  }

  private static List<KerasCase> cases() throws IOException {
    Path data = TestData.require("kerasjs-recurrent");
    ObjectMapper mapper = new ObjectMapper();
    List<KerasCase> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".attributes.json")).toList()) {
        String kind = file.getFileName().toString().replace(".attributes.json", "");
        JsonNode numbers = mapper.readTree(data.resolve(kind + ".json").toFile());
        for (JsonNode layer : mapper.readTree(file.toFile())) {
          String name = layer.get("case").asText();
          cases.add(new KerasCase(name, layer.get("attrs"), numbers.get(name)));
        }
      }
    }
    return cases;
  }
}
