package io.carousel.task.ecg.live;

import io.carousel.data.ecg.EcgSignal;
import io.carousel.serve.http.Endpoint;
import io.carousel.serve.http.Exchange;
import io.carousel.serve.http.HttpProblem;
import io.carousel.task.ecg.EcgForecaster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes a record that somebody sent, as a {@link FileBundle}, and puts it on the shelf. Answers
 * with its id, name and number of samples.
 */
final class RecordUpload implements Endpoint {
  static final int MOST_BYTES = 8_000_000;
  static final int MOST_SAMPLES = 1_000_000;
  private static final float LARGEST_MILLIVOLTS = 100;

  private final Forecasters forecasters;
  private final RecordShelf shelf;

  RecordUpload(Forecasters forecasters, RecordShelf shelf) {
    this.forecasters = forecasters;
    this.shelf = shelf;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!exchange.method().equals("POST")) {
      throw new HttpProblem(405, "records are sent with POST");
    }
    EcgForecaster.Card card = forecasters.require(exchange.query("model")).card();
    byte[] body = exchange.body();
    if (body.length > MOST_BYTES) {
      throw new HttpProblem(
          413, "%d bytes are too many, at most %d are read".formatted(body.length, MOST_BYTES));
    }
    FileBundle files = FileBundle.parse(body);
    EcgSignal signal = read(files, exchange.query("column"));
    requireFit(signal, card);
    ReplayRecord record =
        shelf.add(files.main() + ", " + signal.name(), signal.millivolts(), card.samplingRateHz());
    byte[] answer = record.json().toString().getBytes(StandardCharsets.UTF_8);
    exchange.respond(200, "application/json", answer);
  }

  /** One at a time, so that reading needs the memory of one. */
  private synchronized EcgSignal read(FileBundle files, @Nullable String column)
      throws IOException {
    String main = files.main();
    Path folder = Files.createTempDirectory("carousel-record");
    try {
      files.writeTo(folder);
      return EcgSignal.read(
          folder.resolve(main), column == null || column.isBlank() ? null : column);
    } catch (IOException | IllegalArgumentException e) {
      // readers name the file by its path, which is nobody's business
      String where = folder + folder.getFileSystem().getSeparator();
      throw new HttpProblem(422, String.valueOf(e.getMessage()).replace(where, ""));
    } finally {
      delete(folder);
    }
  }

  private static void requireFit(EcgSignal signal, EcgForecaster.Card card) {
    float[] millivolts = signal.millivolts();
    if (millivolts.length > MOST_SAMPLES) {
      throw new HttpProblem(
          422,
          "%d samples are too many, at most %d are kept; cut the record"
              .formatted(millivolts.length, MOST_SAMPLES));
    }
    if (millivolts.length <= card.contextLength() + card.horizon()) {
      throw new HttpProblem(
          422,
          "%d samples are too few, the first forecast needs more than %d"
              .formatted(millivolts.length, card.contextLength() + card.horizon()));
    }
    if (!Double.isNaN(signal.samplingRateHz()) && !card.acceptsRate(signal.samplingRateHz())) {
      throw new HttpProblem(
          422,
          "the model forecasts signals of %s Hz, this one has %s Hz; resample it first"
              .formatted(card.samplingRateHz(), signal.samplingRateHz()));
    }
    for (int i = 0; i < millivolts.length; i++) {
      if (Math.abs(millivolts[i]) > LARGEST_MILLIVOLTS) {
        throw new HttpProblem(
            422,
            "sample %d is %s mV, which no electrocardiogram is; is the column in microvolts?"
                .formatted(i, millivolts[i]));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
