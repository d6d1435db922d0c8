package io.carousel.device.cuda;

import io.carousel.device.Activation;
import io.carousel.device.DeviceException;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StandardCells;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a device offers its persistent kernels, and for which stacks. */
final class PersistentSupport {
  /** The property of users. */
  static final String PROPERTY = "carousel.cuda.persistent";

  /** Another one: whether layers run as a wavefront where they can. */
  static final String WAVEFRONT = "carousel.cuda.wavefront";

  private static final Set<Activation> RNN_FUNCTIONS = Set.of(Activation.TANH, Activation.RELU);

  private PersistentSupport() {}

  /**
   * What the user chose.
   *
   * @param whyNot why they are not offered, null when they are
   * @param clusters whether blocks form clusters where the GPU has them
   * @param wavefront whether layers run as a wavefront where they can
   */
  record Choice(@Nullable String whyNot, boolean clusters, boolean wavefront) {
    private static Choice not(String why) {
      return new Choice(why, false, false);
    }
  }

  /** The user's choice. */
  static Choice choice() {
    return choice(System.getProperty(PROPERTY, "off"), System.getProperty(WAVEFRONT, "on"));
  }

  /**
   * The same for these values.
   *
   * @throws DeviceException where no plan could say what is wrong with them
   */
  static Choice choice(String value, String wavefront) {
    if (!wavefront.equals("on") && !wavefront.equals("off")) {
      throw new DeviceException("-D" + WAVEFRONT + " is on or off, not '" + wavefront + "'");
    }
    return switch (value) {
      case "on" -> new Choice(null, true, wavefront.equals("on"));
      case "memory" -> new Choice(null, false, false);
      case "off" ->
          Choice.not(
              "persistent kernels have not been measured on a GPU yet: -D"
                  + PROPERTY
                  + "=on offers them");
      default -> Choice.not("-D" + PROPERTY + " is on, memory or off, not '" + value + "'");
    };
  }

  /** Why they do not run a stack on a device that offers them, null when they do. */
  static @Nullable String whyNot(CudaDevice device, RecurrentSpec spec, PlanCapacity capacity) {
    Precision precision = spec.precision();
    if (!device.runtime().hasBf16()) {
      return "persistent kernels need a GPU of compute capability 8.0 or later";
    }
    if (!device.supports(precision)) {
      return "device %s does not compute in %s".formatted(device.name(), precision);
    }
    String lacks = StandardCells.lacks(spec, RNN_FUNCTIONS);
    if (lacks != null) {
      return "the persistent plan " + lacks;
    }
    if (PersistentLayouts.of(device, spec, capacity.batchSize(), Sharing.NONE) == null) {
      if (PersistentLayouts.of(device, spec, 1, Sharing.NONE) != null) {
        return "persistent kernels hold fewer than %d sequences of %d units"
            .formatted(capacity.batchSize(), spec.hiddenSize());
      }
      return "the recurrent weights of %d units in %s do not fit into the %d multiprocessors"
          .formatted(spec.hiddenSize(), precision, device.runtime().multiprocessors());
    }
    return null;
  }
}
