package io.carousel.io.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.ModelFormatException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any bytes give a model that runs, or a refusal in one line; no more memory than is needed. */
class OnnxFuzzTest {
  private static final int MUTATIONS = 3_000;
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
