package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model may be asked to prove itself before it is served; then damage is found. */
class VerifiedModelTest {
  private static final ServingOptions VERIFIED = ServingOptions.DEFAULT.withVerified(true);

  @TempDir Path folder;

  @Test
  void anIntactModelIsServedOnAnyDevice() throws IOException {
    Path file = ServeFixture.lstm(folder, 8);
    for (String name : new String[] {"reference", "cpu"}) {
      for (PlanChoice plan : new PlanChoice[] {PlanChoice.AUTO, PlanChoice.STEPWISE}) {
        try (Device device = Devices.open(name);
            ServedModel model = ServedModel.load(file, device, VERIFIED.withPlan(plan))) {
          assertEquals(ServeFixture.OUTPUTS, model.openSession().step(1, 2, 3).length);
        }
      }
    }
  }

  @Test
  void aDamagedWeightIsFound() throws IOException {
    Path file = ServeFixture.lstm(folder, 8);
    byte[] bytes = Files.readAllBytes(file);
    int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    bytes[8 + header] ^= 1; // of the first tensor
    Files.write(file, bytes);
    try (Device device = Devices.open("cpu")) {
      for (ServingOptions options : List.of(ServingOptions.DEFAULT, VERIFIED)) {
        requireRefused(
            file, device, options, "the weights are not those that were saved: their SHA-256 is ");
      }
    }
  }

  /** What a device or a build that computes otherwise would look like. */
  @Test
  void otherAnswersAreFound() throws IOException {
    Path file = ServeFixture.lstm(folder, 8);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 0x40; // the last answer
    Files.write(file, bytes);
    requireRefused(file, "on cpu the model answers otherwise than when it was saved: ");
  }

  @Test
  void aModelOfBeforeThatCannotProveItselfIsRefused() throws IOException {
    Path file = folder.resolve("old.safetensors");
    try (InputStream old =
        SequenceModelFile.class.getResourceAsStream("sequence-model-v1.safetensors")) {
      Files.copy(Objects.requireNonNull(old), file);
    }
    requireRefused(file, "the model has no probe: save it anew");
  }

  /** By those who ask for more alone, and with nothing left behind: closing would throw. */
  private static void requireRefused(Path file, String problem) throws IOException {
    try (Device device = Devices.open("cpu")) {
      requireRefused(file, device, VERIFIED, problem);
      ServedModel.load(file, device).close();
    }
  }

  private static void requireRefused(
      Path file, Device device, ServingOptions options, String problem) {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> ServedModel.load(file, device, options));
    assertTrue(e.getMessage().startsWith(file + ": " + problem), e.getMessage());
  }
}
