package io.carousel.device.cuda;

import io.carousel.device.Activation;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StandardCells;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a device offers its persistent kernels, and for which stacks. */
final class PersistentSupport {
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

  /**
   * The user's choice.
   *
   * @throws io.carousel.device.DeviceException when a property has none of its values
   */
  static Choice choice() {
    return choice(CudaProperty.PERSISTENT.value(), CudaProperty.WAVEFRONT.value());
  }

  /** The same for values of the two properties. */
  static Choice choice(String persistent, String wavefront) {
    return switch (persistent) {
      case "on" -> new Choice(null, true, wavefront.equals("on"));
      case "memory" -> new Choice(null, false, false);
      default ->
          Choice.not(
              "persistent kernels have not been measured on a GPU yet: -D"
                  + CudaProperty.PERSISTENT.key()
                  + "=on offers them");
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
