package io.carousel.cli;

import io.carousel.data.ecg.BundledEcg;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import io.carousel.device.Diagnosis;
import java.util.ArrayList;
import java.util.List;

/** What each kind of device says about itself, which one would be taken, and the bundled data. */
final class DeviceChecks {
  private DeviceChecks() {}

  static List<Check> all() {
    List<Check> checks = new ArrayList<>();
    Check choice = choice();
    boolean none = choice.status() == Check.Status.WRONG;
    for (DeviceProvider provider : Devices.providers()) {
      String why = none ? provider.whyUnavailable() : null;
      for (Diagnosis diagnosis : provider.diagnose()) {
        checks.add(check(diagnosis, diagnosis.finding().equals(why)));
      }
    }
    checks.add(choice);
    checks.add(bundledData());
    return checks;
  }

  private static Check check(Diagnosis diagnosis, boolean stops) {
    if (diagnosis.ok()) {
      return Check.ok(diagnosis.subject(), diagnosis.finding());
    }
    return stops
        ? Check.wrong(diagnosis.subject(), diagnosis.finding())
        : Check.warning(diagnosis.subject(), diagnosis.finding());
  }

  private static Check choice() {
    for (DeviceProvider provider : Devices.providers()) {
      if (provider.preference() >= 0 && provider.whyUnavailable() == null) {
        return Check.ok("device", "--device auto takes " + provider.name());
      }
    }
    return Check.wrong("device", "none can be opened; see the lines above");
  }

  private static Check bundledData() {
    try {
      BundledEcg ecg = BundledEcg.load();
      return Check.ok(
          "bundled data",
          "%s, %d samples, checksum agrees"
              .formatted(ecg.source(), ecg.samplesMillivolts().length));
    } catch (RuntimeException e) {
      return Check.wrong("bundled data", e.getMessage() + "; build the jar again (mvn package)");
    }
  }
}
