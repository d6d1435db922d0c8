package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.Diagnosis;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real provider, hidden by {@code -Dcarousel.cuda=off}; the GPU itself is not looked at. */
class CudaProviderTest {
  private static final String DEVICES = CudaProperty.DEVICES.key();
  private static final String OFF = "switched off by -Dcarousel.cuda=off";
  private String before = "";

  @BeforeEach
  void switchOff() {
    before = System.getProperty(DEVICES, "on");
    System.setProperty(DEVICES, "off");
  }

  @AfterEach
  void restore() {
    System.setProperty(DEVICES, before);
  }

  @Test
  void isPreferredToTheCpu() {
    List<String> names = Devices.providers().stream().map(DeviceProvider::name).toList();
    assertEquals("cuda", names.get(0), names.toString());
  }

  @Test
  void switchedOffItSaysSo() {
    CudaProvider provider = new CudaProvider();
    assertEquals(OFF, provider.whyUnavailable());
    assertEquals(List.of(new Diagnosis("cuda device", true, OFF)), provider.diagnose());
    DeviceException e =
        assertThrows(DeviceException.class, () -> provider.open(0, DeviceOptions.DEFAULT));
    assertEquals("device cuda cannot be had: " + OFF, e.getMessage());
  }

  @Test
  void theNamedDeviceIsRefusedNotReplaced() {
    DeviceException e = assertThrows(DeviceException.class, () -> Devices.open("cuda:1"));
    assertEquals(
        "device cuda:1 cannot be had: " + OFF + "; see docs/cuda-setup.md", e.getMessage());
  }

  /** Before a GPU is looked for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DEVICES | -Dcarousel.cuda is on or off, not 'yes'",
        "GRAPHS | -Dcarousel.cuda.graphs is on or off, not 'yes'",
        "PERSISTENT | -Dcarousel.cuda.persistent is off, on or memory, not 'yes'",
        "WAVEFRONT | -Dcarousel.cuda.wavefront is on or off, not 'yes'"
      })
  void propertiesWithOtherValuesAreRefused(CudaProperty property, String problem) {
    String given = System.getProperty(property.key());
    System.setProperty(DEVICES, "on");
    System.setProperty(property.key(), "yes");
    try {
      assertEquals(problem, new CudaProvider().whyUnavailable());
      assertEquals(
          List.of(new Diagnosis("cuda device", false, problem)), new CudaProvider().diagnose());
      DeviceException e = assertThrows(DeviceException.class, () -> Devices.open("cuda"));
      assertEquals(
          "device cuda cannot be had: " + problem + "; see docs/cuda-setup.md", e.getMessage());
      assertEquals(problem, assertThrows(DeviceException.class, property::value).getMessage());
    } finally {
      if (given == null) {
        System.clearProperty(property.key());
      } else {
        System.setProperty(property.key(), given);
      }
    }
  }

  @Test
  void autoSaysWhyItTookAnother() {
    Devices.Selection selection = Devices.select(Devices.AUTO, DeviceOptions.DEFAULT);
    try (Device device = selection.device()) {
      assertEquals("cpu", device.name());
      assertTrue(selection.reason().contains("cuda: " + OFF), selection.reason());
    }
  }
}
