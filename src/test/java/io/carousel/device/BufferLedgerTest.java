package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class BufferLedgerTest {
  @Test
  void whatIsOpenAtTheEndIsListedByOwner() {
    Device device = Devices.open("cpu");
    device.allocate(ElementType.F32, 3, "zebra");
    device.allocate(ElementType.F32, 2, "ape");
    device.allocate(ElementType.F32, 5, "ape");
    IllegalStateException leak = assertThrows(IllegalStateException.class, device::close);
    List<String> lines = String.valueOf(leak.getMessage()).lines().map(String::strip).toList();
    assertEquals(List.of("ape, 2 times, 28 bytes", "zebra, 12 bytes"), lines.subList(1, 3));
  }
}
