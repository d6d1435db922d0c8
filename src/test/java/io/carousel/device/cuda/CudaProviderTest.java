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

/** The real provider, hidden by {@code -Dcarousel.cuda=off}; the GPU itself is not looked at. */
class CudaProviderTest {
  private static final String OFF = "switched off by -Dcarousel.cuda=off";
  private String before = "";

  @BeforeEach
  void switchOff() {
    before = System.getProperty(CudaLibraries.PROPERTY, "");
    System.setProperty(CudaLibraries.PROPERTY, "off");
  }

  @AfterEach
  void restore() {
    System.setProperty(CudaLibraries.PROPERTY, before);
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
    assertEquals("device cuda:1 cannot be had: " + OFF, e.getMessage());
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
