package io.carousel.task.ecg.live;

import static io.carousel.task.ecg.live.LivePageTest.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.task.ecg.TrainedEcg;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that are sent: those that are taken, and those that are not. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RecordUploadTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECORDS = "/live/records?model=heart";

  @TempDir static Path folder;
  private static LiveServer server;

  @BeforeAll
  static void serve() throws IOException {
    server = new LiveServer("heart", TrainedEcg.in(folder.resolve("run")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A name with its bytes. */
  private record Part(String name, byte[] bytes) {
    static Part of(String name, String text) {
      return new Part(name, text.getBytes(UTF_8));
    }
  }

  private static byte[] bundle(Part... parts) throws IOException {
    String list =
        Stream.of(parts)
            .map(p -> "{\"name\":\"%s\",\"bytes\":%d}".formatted(p.name, p.bytes.length))
            .collect(Collectors.joining(",", "[", "]\n"));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(list.getBytes(UTF_8));
    for (Part part : parts) {
      body.write(part.bytes);
    }
    return body.toByteArray();
  }

  private static String csv(int rows, String header, String cells) {
    return header + "\n" + (cells + "\n").repeat(rows);
  }

  /** Format 16 with two signals that alternate. */
  private static Part[] wfdb(String headerLine, int samples) {
    byte[] dat = new byte[4 * samples];
    int sum = 0;
    for (int i = 0; i < samples; i++) {
      dat[4 * i] = (byte) (i % 100);
      sum += i % 100;
    }
    String header =
        headerLine
            + "\nr.dat 16 100/mV 12 0 0 %d 0 V1\nr.dat 16 200/mV 12 0 0 0 0 MLII\n"
                .formatted((short) sum);
    return new Part[] {Part.of("r.hea", header), new Part("r.dat", dat)};
  }

  @Test
  void aColumnOfACsvFileIsReplayed() throws Exception {
    float[] minute = Arrays.copyOf(BundledEcg.load().samplesMillivolts(), 21_600);
    String text =
        IntStream.range(0, minute.length)
            .mapToObj(t -> t / 360.0 + "," + minute[t] + "\n")
            .collect(Collectors.joining("", "time,lead II\n", ""));

    HttpResponse<String> answer =
        server.post(RECORDS + "&column=lead%20II", bundle(Part.of("a.csv", text)));

    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode record = JSON.readTree(answer.body());
    assertEquals("a.csv, lead II", record.path("name").asText());
    assertEquals(21_600, record.path("samples").asInt());
    String stream = "/live/stream?model=heart&speed=20&from=20000&record=";
    String events = server.get(stream + record.path("id").asText()).body();
    String expected =
        "{\"from\":20000,\"microvolts\":["
            + IntStream.range(20_000, 20_010)
                .mapToObj(t -> Integer.toString(Math.round(1000 * minute[t])))
                .collect(Collectors.joining(","));
    assertTrue(events.contains(expected), expected);
    assertTrue(events.contains("event: beat") && events.endsWith("event: end\ndata: {}\n\n"));
  }

  @Test
  void aRecordOfSeveralFilesGivesItsLead() throws Exception {
    HttpResponse<String> answer = server.post(RECORDS, bundle(wfdb("r 2 360 1000", 1000)));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("r.hea, MLII", JSON.readTree(answer.body()).path("name").asText());
    answer = server.post(RECORDS + "&column=V1", bundle(wfdb("r 2 360 1000", 1000)));
    assertEquals("r.hea, V1", JSON.readTree(answer.body()).path("name").asText());
  }

  @Test
  void theNewestAreKept() throws Exception {
    byte[] body = bundle(Part.of("a.csv", csv(500, "mV", "0.1")));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i <= RecordShelf.UPLOADS; i++) {
      ids.add(JSON.readTree(server.post(RECORDS, body).body()).path("id").asText());
    }
    String stream = "/live/stream?model=heart&from=499&record=";
    assertEquals(404, server.get(stream + ids.get(0)).statusCode());
    assertEquals(200, server.get(stream + ids.get(1)).statusCode());
    assertEquals(ids.size(), ids.stream().distinct().count());
  }

  @Test
  void refusesWhatIsNoBundle() throws Exception {
    String names =
        "a file's name must be letters, digits, '_', '-' and '.', and end in .csv, .txt, .hea or"
            + " .dat";
    String line = "the body does not begin with a line that lists its files";
    bad(line, "");
    bad(line, "0.1\r0.2\r");
    bad(line, " ".repeat(5000) + "[]\n");
    bad("the list of files is no valid JSON", "0.1,0.2\n0.3");
    bad("the list of files is no valid JSON", "[{\"name\":\"a.csv\",\"name\":\"b.csv\"}]\n");
    bad("the list of files is no valid JSON", "[".repeat(4000) + "\n");
    bad("the list of files must be an array of 1 to 8 files", "\n");
    bad("the list of files must be an array of 1 to 8 files", "[]\n");
    bad("the list of files must be an array of 1 to 8 files", "{\"name\":\"a.csv\"}\n");
    bad("the list of files must be an array of 1 to 8 files", "[1,1,1,1,1,1,1,1,1]\n");
    bad(names, "[1]\n");
    for (String name :
        List.of("", "../a.csv", "a/b.csv", "/etc/passwd", "a\\\\b.csv", ".csv", "a.exe", "ä.csv")) {
      bad(names, "[{\"name\":\"" + name + "\",\"bytes\":0}]\n");
    }
    bad("two files are called a.dat", list("a.dat", "0", "a.dat", "0"));
    for (String bytes : List.of("-1", "4", "2147483648", "1e99", "\"3\"", "null", "0.5")) {
      assertEquals(
          400, server.post(RECORDS, (list("a.csv", bytes) + "abc").getBytes(UTF_8)).statusCode());
    }
    bad("a.csv: the list gives 4 bytes, which the body does not hold", list("a.csv", "4") + "abc");
    bad("1 bytes more than the list of files says", list("a.csv", "2") + "abc");
    String one =
        "send one CSV file, or one WFDB record: its .hea file and the .dat files that it names; got ";
    bad(one + "a.csv, b.csv", list("a.csv", "0", "b.csv", "0"));
    bad(one + "a.hea, b.hea", list("a.hea", "0", "b.hea", "0"));
    bad(one + "a.dat", list("a.dat", "0"));
    bad("a.csv: a line is longer than 4096 bytes", list("a.csv", "9000") + "1,".repeat(4500));
  }

  @Test
  void refusesWhatIsNoElectrocardiogram() throws Exception {
    unfit("a.csv: the file is empty", Part.of("a.csv", ""));
    unfit("r.hea: the record has no signals", Part.of("r.hea", "r 0"));
    unfit("a.csv, line 2: column 'mV': 'x' is not a number", Part.of("a.csv", "mV\nx\n"));
    unfit(
        "a.csv, line 2: column 'mV': 'NaN' is no finite number; fill or cut the row",
        Part.of("a.csv", "mV\nNaN\n"));
    unfit(
        "a.csv has the columns [t, mV]: choose a column",
        Part.of("a.csv", csv(500, "t,mV", "0,1")));
    unfit(
        "100 samples are too few, the first forecast needs more than 158",
        Part.of("a.csv", csv(100, "mV", "0.1")));
    unfit(
        "1000001 samples are too many, at most 1000000 are kept; cut the record",
        Part.of("a.csv", csv(1_000_001, "mV", "1")));
    unfit(
        "sample 0 is 812.0 mV, which no electrocardiogram is; is the column in microvolts?",
        Part.of("a.csv", csv(500, "V", "812")));
    unfit("a.csv: not a text file in UTF-8, after line 0", new Part("a.csv", new byte[] {-1, 10}));
    unfit(
        "the model forecasts signals of 360.0 Hz, this one has 250.0 Hz; resample it first",
        wfdb("r 2 250 1000", 1000));
    unfit(
        "r.dat: truncated: holds 1000 samples per signal, the header promises 999999999999",
        wfdb("r 2 360 999999999999", 1000));
    unfit(
        "r.hea: the record line promises 2147483647 signals, but only 2 are described",
        wfdb("r 2147483647 360 1000", 1000));
    unfit("r.dat: no such file, but the header names it", wfdb("r 2 360 1000", 1000)[0]);
    unfit(
        "r.hea: signal file '../../etc/passwd' is not a plain name in the folder of the header",
        Part.of("r.hea", "r 1 360 1000\n../../etc/passwd 16 200/mV\n"));
    refused(
        422,
        "a.csv: no column 'x'; it has [mV], numbered from 0",
        server.post(RECORDS + "&column=x", bundle(Part.of("a.csv", csv(500, "mV", "1")))));
  }

  @Test
  void refusesWhatIsTooLargeAndForNoModel() throws Exception {
    refused(
        413,
        "8000001 bytes are too many, at most 8000000 are read",
        server.post(RECORDS, new byte[8_000_001]));
    assertEquals(413, server.post(RECORDS, new byte[20_000_000]).statusCode());
    assertEquals(404, server.post("/live/records", new byte[0]).statusCode());
    assertEquals(404, server.post("/live/records?model=x", new byte[0]).statusCode());
  }

  @Test
  void noiseIsRefusedAndTheServerLives() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Part[] record = wfdb("r 2 360 1000", 1000);
      byte[] header = record[0].bytes;
      for (int change = 0; change < 3; change++) {
        header[random.nextInt(header.length)] = (byte) random.nextInt(128);
      }
      int status = server.post(RECORDS, bundle(record)).statusCode();
      assertTrue(status == 200 || status == 422, status + ": " + new String(header, UTF_8));
    }
    assertEquals(200, server.get("/live/about").statusCode());
  }

  @AfterEach
  void nothingStaysOnTheDisk() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertEquals(
          0, files.filter(f -> f.getFileName().toString().startsWith("carousel-record")).count());
    }
  }

  private static String list(String... namesAndBytes) {
    return IntStream.range(0, namesAndBytes.length / 2)
        .mapToObj(
            i ->
                "{\"name\":\"%s\",\"bytes\":%s}"
                    .formatted(namesAndBytes[2 * i], namesAndBytes[2 * i + 1]))
        .collect(Collectors.joining(",", "[", "]\n"));
  }

  private static void bad(String error, String body) throws Exception {
    refused(400, error, server.post(RECORDS, body.getBytes(UTF_8)));
  }

  private static void unfit(String error, Part... parts) throws Exception {
    refused(422, error, server.post(RECORDS, bundle(parts)));
  }
}
