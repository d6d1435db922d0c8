package io.carousel.conformance;

import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;

/** The conformance cases of one kind of device as a program, for virtual machines of their own. */
public final class ConformanceRun {
  private ConformanceRun() {}

  /** Takes the device's name; ends with an exception where a case does not hold. */
  public static void main(String[] arguments) {
    DeviceProvider provider =
        Devices.providers().stream()
            .filter(p -> p.name().equals(arguments[0]))
            .findFirst()
            .orElseThrow();
    OperationConformanceTest.compare(provider, 1);
    StackConformanceTest.compare(provider, 1, PlanChoice.STEPWISE);
    System.out.println("all cases hold");
  }
}
