package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.carousel.TestData;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.Gru;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.Readout;
import io.carousel.rnn.Rnn;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any bytes give a model that runs, or a refusal in one line; no more memory than is needed. */
class OnnxFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("carousel.fuzz.mutations", 3_000);
  private static final long SEED = Long.getLong("carousel.fuzz.seed", 20261129L);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @Test
  void mutatedModelsRunOrAreRefused() throws IOException {
    Random random = new Random(SEED);
    List<NodeModel> seeds = List.of(lstm(), lstm().peepholes().constant());
    int ran = 0;
    try (Device device = Devices.open("reference")) {
      for (int i = 0; i < MUTATIONS; i++) {
        NodeModel seed = seeds.get(i % seeds.size());
        byte[] bytes = mutated(OnnxWriter.bytes(seed.model()), random);
        Path file = Files.write(folder.resolve("mutated-" + i + ".onnx"), bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
          OnnxProgram.read(file).run(seed.inputs(), Computing.on(device));
          ran++;
        } catch (ModelFormatException e) {
          String message = String.valueOf(e.getMessage());
          assertTrue(message.startsWith(file + ": "), message);
          assertTrue(message.lines().count() == 1 && message.length() < 4_000, message);
        } catch (IllegalArgumentException e) {
          assertTrue(String.valueOf(e.getMessage()).length() < 4_000);
        } catch (IOException | RuntimeException | Error e) {
          fail("mutation " + i + ": " + HexFormat.of().formatHex(bytes), e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 16_000_000, () -> allocated + " bytes for " + file);
        Files.delete(file);
      }
    }
    // both answers must be frequent, or the mutations are too gentle or too rough to find anything
    assertTrue(ran > MUTATIONS / 20 && ran < MUTATIONS * 3 / 4, ran + " ran");
  }

  /** Graphs with operators of every kind around the recurrent ones, given batches of 3 by 2. */
  private static List<byte[]> exported(Device device) {
    List<byte[]> graphs = new ArrayList<>();
    List<SequenceModelBuilder> models =
        List.of(
            SequenceModel.around(Lstm.builder(2, 3).bidirectional(true)).head(2),
            SequenceModel.around(Gru.builder(2, 3).layers(2)).readout(Readout.LAST_STATE),
            SequenceModel.around(Rnn.builder(2, 2)).embedding(4).head(4));
    for (SequenceModelBuilder builder : models) {
      try (SequenceModel model = builder.build(device, 1)) {
        for (boolean flag : new boolean[] {false, true}) {
          OnnxExport.Options options = new OnnxExport.Options(flag, false, flag);
          graphs.add(OnnxWriter.bytes(OnnxExport.graph(model, options).model("seed")));
        }
      }
    }
    return graphs;
  }

  @Test
  void mutatedExportsRunAreImportedOrAreRefused() throws IOException {
    Random random = new Random(SEED);
    int ran = 0;
    int imported = 0;
    try (Device device = Devices.open("reference")) {
      List<byte[]> seeds = exported(device);
      for (int i = 0; i < MUTATIONS / 2; i++) {
        byte[] bytes = mutated(seeds.get(i % seeds.size()).clone(), random);
        Path file = Files.write(folder.resolve("exported-" + i + ".onnx"), bytes);
        try {
          ran += runs(file, device) ? 1 : 0;
          imported += isImported(file, device) ? 1 : 0;
        } catch (IOException | RuntimeException | Error e) {
          fail("mutation " + i + ": " + HexFormat.of().formatHex(bytes), e);
        }
        Files.delete(file);
      }
    }
    assertTrue(ran > MUTATIONS / 20 && ran < MUTATIONS * 2 / 5, ran + " ran");
    assertTrue(imported > MUTATIONS / 20 && imported < MUTATIONS * 2 / 5, imported + " imported");
  }

  private static boolean runs(Path file, Device device) throws IOException {
    try {
      OnnxModel model = OnnxReader.model(file);
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      for (OnnxGraph.Value input : model.graph().freeInputs()) {
        int[] shape =
            switch (input.axes().size()) {
              case 1 -> new int[] {2};
              case 2 -> new int[] {3, 2};
              default -> new int[] {3, 2, 2};
            };
        double[] ones = new double[OnnxTensor.size(shape)];
        Arrays.fill(ones, 1);
        inputs.put(input.name(), new OnnxTensor(input.type(), shape, ones));
      }
      new OnnxProgram(model).run(inputs, Computing.on(device));
      return true;
    } catch (ModelFormatException | IllegalArgumentException e) {
      assertTrue(String.valueOf(e.getMessage()).length() < 4_000);
      return false;
    }
  }

  private static boolean isImported(Path file, Device device) throws IOException {
    try {
      OnnxImport.read(file, device).close();
      return true;
    } catch (ModelFormatException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
      return false;
    }
  }

  @Test
  void mutatedNodeTestsRunOrAreRefused() throws IOException {
    Path all = TestData.require("onnx-rnn-node-tests");
    Random random = new Random(SEED);
    try (Device device = Devices.open("reference");
        Stream<Path> folders = Files.list(all)) {
      List<Path> tests = folders.filter(OnnxNodeTest::isIn).sorted().toList();
      Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
      for (int i = 0; i < MUTATIONS / 4; i++) {
        Path test = tests.get(i % tests.size());
        List<Path> files;
        try (Stream<Path> tensors = Files.list(test.resolve("test_data_set_0"))) {
          files = tensors.sorted().toList();
        }
        int wrong = random.nextInt(files.size() + 1);
        for (int k = 0; k <= files.size(); k++) {
          Path from = k == files.size() ? test.resolve("model.onnx") : files.get(k);
          Path to = (k == files.size() ? folder : data).resolve(from.getFileName());
          byte[] bytes = Files.readAllBytes(from);
          Files.write(to, k == wrong ? mutated(bytes, random) : bytes);
        }
        try {
          OnnxNodeTest.read(folder).run(Computing.on(device));
        } catch (ModelFormatException | IllegalArgumentException e) {
          assertTrue(String.valueOf(e.getMessage()).length() < 4_000);
        } catch (IOException | RuntimeException | Error e) {
          fail("mutation %d of file %d of %s".formatted(i, wrong, test), e);
        }
      }
    }
  }

  private static NodeModel lstm() {
    return new NodeModel(Cell.LSTM, "bidirectional", 3, 2, 2, 3, 5).bias().lengths(3, 1);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 4 -> {
        byte[] without = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, at + 1, without, at, bytes.length - at - 1);
        return without;
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int length = Math.min(random.nextInt(32), bytes.length - Math.max(at, from));
        System.arraycopy(bytes.clone(), from, bytes, at, length);
      }
    }
    return bytes;
  }
}
