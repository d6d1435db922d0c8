package io.carousel.lab;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.util.stream.LongStream;

/**
 * Under which conditions an experiment runs.
 *
 * @param device where it trains; open, the caller's
 * @param scale how large it is
 * @param seed of everything that is drawn
 */
public record Setting(Device device, Scale scale, long seed) {
  /** One of three values, by scale. */
  public <T> T by(T quick, T normal, T full) {
    return switch (scale) {
      case QUICK -> quick;
      case NORMAL -> normal;
      case FULL -> full;
    };
  }

  /** The seeds of three repetitions, whose median counts where chance plays a part. */
  public long[] seeds() {
    return seeds(3);
  }

  /** Seeds of so many repetitions: the setting's own and those that follow it. */
  public long[] seeds(int count) {
    return LongStream.range(seed, seed + count).toArray();
  }

  /** The device that computes in float64, for what must be exact; the caller closes it. */
  public static Device exact() {
    return Devices.open("reference");
  }
}
