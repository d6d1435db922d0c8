package io.carousel.lab;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** All experiments, in the order in which they are best read. */
public final class Laboratory {
  private static final List<Experiment> EXPERIMENTS =
      List.of(
          new PerceptronExperiment(),
          new SgdExperiment(),
          new ChainRuleExperiment(),
          new OrderExperiment(),
          new SharingExperiment(),
          new BpttExperiment(),
          new JacobianExperiment(),
          new VanishingExperiment(),
          new IrnnExperiment(),
          new LstmExperiment(),
          new ClippingExperiment(),
          new CostExperiment());

  private Laboratory() {}

  /** All experiments. */
  public static List<Experiment> experiments() {
    return EXPERIMENTS;
  }

  /** The experiment of that name. */
  public static Optional<Experiment> find(String name) {
    return EXPERIMENTS.stream().filter(e -> e.name().equals(name)).findFirst();
  }

  /** Runs an experiment and takes its time. */
  public static LabResult run(Experiment experiment, Setting setting) throws IOException {
    long start = System.nanoTime();
    Outcome outcome = experiment.run(setting);
    return new LabResult(experiment, outcome, (System.nanoTime() - start) * 1e-9);
  }
}
