package io.carousel.task;

import io.carousel.optim.Optimizer;
import io.carousel.report.Report;
import io.carousel.train.BatchSource;
import io.carousel.train.MetricsFile;
import io.carousel.train.Objective;
import io.carousel.train.RunFolder;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of training of any task: its folder, who follows it, and the options that do not depend
 * on the task.
 */
public final class TrainingRun {
  private final RunFolder folder;
  private final Options options;
  private final List<TrainingListener> listeners;
  private final Consumer<Runnable> stop;
  private final List<FlowRecord> flows = new ArrayList<>();

  /**
   * A run that has not begun.
   *
   * @param folder of the run, new or to be resumed
   * @param options of the run
   * @param listeners follow training
   * @param stop receives what asks training to end early with a checkpoint; another thread may call
   *     it
   */
  public TrainingRun(
      RunFolder folder,
      Options options,
      List<TrainingListener> listeners,
      Consumer<Runnable> stop) {
    this.folder = folder;
    this.options = options;
    this.listeners = List.copyOf(listeners);
    this.stop = stop;
  }

  /**
   * What every task takes alike.
   *
   * @param resume whether to go on from the folder's last checkpoint
   * @param checkpointEvery steps between checkpoints within an epoch, 0 for none
   * @param fastDevRun one step and one validation only
   * @param overfitBatches train on that many batches only, 0 for all
   * @param flow whether to measure how gradients flow through time
   */
  public record Options(
      boolean resume, int checkpointEvery, boolean fastDevRun, int overfitBatches, boolean flow) {
    /** A new run on all batches with a checkpoint after each epoch. */
    public static final Options DEFAULT = new Options(false, 0, false, 0, false);

    /** Checks the numbers. */
    public Options {
      if (checkpointEvery < 0 || overfitBatches < 0) {
        throw new IllegalArgumentException(
            "checkpointEvery %d and overfitBatches %d must not be negative"
                .formatted(checkpointEvery, overfitBatches));
      }
    }

    /** How many of the batches at hand an epoch takes. */
    public int batchesOf(int available) {
      return overfitBatches > 0 ? Math.min(overfitBatches, available) : available;
    }
  }

  /** A new run that nobody watches. */
  public static TrainingRun in(RunFolder folder) {
    return new TrainingRun(folder, Options.DEFAULT, List.of(), request -> {});
  }

  /** The folder of the run. */
  public RunFolder folder() {
    return folder;
  }

  /** The options of the run. */
  public Options options() {
    return options;
  }

  /** Who follows training. */
  public List<TrainingListener> listeners() {
    return listeners;
  }

  /** Receives what asks training to end early, for a task that does not train by {@link #fit}. */
  public Consumer<Runnable> stop() {
    return stop;
  }

  /**
   * One line for each layer and direction whose gradient flow was measured, and what to try;
   * nothing without that option.
   */
  public List<String> flowWords() {
    return flows.stream().flatMap(flow -> flow.words().stream()).toList();
  }

  /**
   * Writes the task's report into the folder, with what the run itself has to tell at its end.
   *
   * @throws IOException when it cannot be written
   */
  public void write(Report report) throws IOException {
    flows.forEach(flow -> flow.addTo(report));
    report.write(folder.report());
  }

  /**
   * Trains, with checkpoints and metrics in the folder; goes on where the run was interrupted when
   * it shall be resumed.
   *
   * @param objective closed at the end; its model is the caller's
   * @param optimizer of the objective's parameters; closed at the end
   * @param settings of the task: epochs, clipping, schedule, early stopping
   * @param provenance everything of data and configuration that decides the result, in words: a
   *     checkpoint is resumed only where it is the same
   * @param train batches to learn from
   * @param validation batches to watch, null for none
   * @throws IOException when a file cannot be written or there is no checkpoint to resume from
   */
  public <B> TrainingResult fit(
      Objective<B> objective,
      Optimizer optimizer,
      TrainerSettings settings,
      String provenance,
      BatchSource<B> train,
      @Nullable BatchSource<B> validation)
      throws IOException {
    settings.checkpoints(folder.checkpoints(), options.checkpointEvery());
    settings.provenance(words(provenance));
    if (options.fastDevRun()) {
      settings.fastDevRun();
    }
    if (options.overfitBatches() > 0) {
      settings.overfitBatches(options.overfitBatches());
    }
    MetricsFile metrics = new MetricsFile(folder.metrics());
    FlowRecord flow = options.flow() ? new FlowRecord(objective, metrics) : null;
    if (flow != null) {
      flows.add(flow);
      settings.listener(flow); // before the epoch's line is written
    }
    settings.listener(metrics);
    listeners.forEach(settings::listener);
    try (Trainer<B> trainer = new Trainer<>(objective, optimizer, settings)) {
      if (options.resume() && !trainer.resume()) {
        throw new IOException(folder.path() + ": no checkpoint to resume from; start a new run");
      }
      metrics.goOnFrom(trainer.history());
      if (flow != null) {
        flow.goOn();
      }
      stop.accept(trainer::requestStop);
      return trainer.fit(train, validation);
    }
  }

  private String words(String provenance) {
    StringBuilder words = new StringBuilder(provenance);
    if (options.fastDevRun()) {
      words.append(", fast dev run");
    }
    if (options.overfitBatches() > 0) {
      words.append(", overfit ").append(options.overfitBatches()).append(" batches");
    }
    return words.toString();
  }
}
