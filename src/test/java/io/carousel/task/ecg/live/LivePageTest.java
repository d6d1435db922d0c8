package io.carousel.task.ecg.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.task.ecg.EcgForecaster;
import io.carousel.task.ecg.EcgMonitor;
import io.carousel.task.ecg.TrainedEcg;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page's files, and what they ask the server for. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LivePageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STREAM = "/live/stream?model=heart";

  @TempDir static Path folder;
  private static Path model;
  private static LiveServer server;

  private record Event(String name, JsonNode data) {}

  @BeforeAll
  static void serve() throws IOException {
    model = TrainedEcg.in(folder.resolve("run"));
    server = new LiveServer("heart", model);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void thePageAndAllItsFilesAreThereUnderAStrictPolicy() throws Exception {
    Set<String> left = new HashSet<>(Set.of("/"));
    Set<String> seen = new HashSet<>();
    Pattern reference = Pattern.compile("(?:src|href|from)[ =]\"(?:live/|\\./)([a-z.]+)\"");
    while (!left.isEmpty()) {
      String path = left.iterator().next();
      left.remove(path);
      seen.add(path);
      HttpResponse<String> file = server.get(path);
      assertEquals(200, file.statusCode(), path);
      assertEquals(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          file.headers().firstValue("Content-Security-Policy").orElse(""));
      String text = file.body().replace("http://www.w3.org/2000/svg", "");
      assertFalse(text.matches("(?s).*https?://.*"), path + " names an address");
      assertFalse(text.matches("(?si).*<style|.* style=|.* on[a-z]+=\".*"), path + " is inline");
      for (Matcher m = reference.matcher(text); m.find(); ) {
        String found = "/live/" + m.group(1);
        if (!seen.contains(found)) {
          left.add(found);
        }
      }
    }
    assertEquals(10, seen.size(), seen::toString);
    for (String none : List.of("/page.html", "/live/", "/live/LivePage.class", "/live/x/live.js")) {
      assertEquals(404, server.get(none).statusCode(), none);
    }
    assertEquals(405, server.post("/", new byte[0]).statusCode());
  }

  @Test
  void aboutTellsModelDeviceRecordsAndLimits() throws Exception {
    JsonNode about = JSON.readTree(server.get("/live/about").body());

    assertTrue(about.path("device").asText().startsWith("cpu"), about::toString);
    JsonNode heart = about.path("models").get(0);
    assertEquals("heart", heart.path("name").asText());
    assertEquals("LSTM, 1 × 32 units", heart.path("facts").get(0).asText());
    assertEquals(83, heart.path("ecg").path("aheadMilliseconds").asInt());
    assertEquals(108_000, about.path("records").get(0).path("samples").asInt());
    assertEquals(RecordUpload.MOST_BYTES, about.path("limits").path("uploadBytes").asInt());
  }

  @Test
  void aReplayTellsWhatTheMonitorSays() throws Exception {
    int from = 104_000;
    float[] signal = BundledEcg.load().samplesMillivolts();
    List<Event> events = events(server.get(STREAM + "&speed=20&from=" + from).body());

    EcgForecaster.Card card = EcgForecaster.card("heart", server.model().notes()).orElseThrow();
    int lead = 3600;
    try (EcgMonitor monitor = new EcgMonitor(card, server.model().openSession())) {
      for (int t = from - lead; t < from; t++) {
        monitor.next(signal[t]);
      }
      int next = from;
      List<EcgMonitor.Beat> beats = new ArrayList<>();
      for (Event event : events) {
        if (event.name.equals("samples")) {
          assertEquals(next, event.data.path("from").asInt());
          for (int i = 0; i < event.data.path("microvolts").size(); i++) {
            EcgMonitor.Reading reading = monitor.next(signal[next]);
            if (reading.beat() != null) {
              beats.add(reading.beat());
            }
            assertEquals(
                Math.round(1000 * signal[next]), event.data.path("microvolts").get(i).asInt());
            assertEquals(
                Math.round(1000 * reading.forecastMillivolts()),
                event.data.path("forecastMicrovolts").get(i).asInt());
            next++;
          }
        }
      }
      assertEquals(signal.length, next);
      List<Event> told = events.stream().filter(e -> e.name.equals("beat")).toList();
      assertEquals(beats.size(), told.size());
      assertTrue(beats.size() > 15 && beats.stream().anyMatch(EcgMonitor.Beat::abnormal));
      for (int i = 0; i < beats.size(); i++) {
        JsonNode beat = told.get(i).data;
        assertEquals(from - lead + beats.get(i).sample(), beat.path("sample").asLong());
        assertEquals(beats.get(i).abnormal(), beat.path("abnormal").asBoolean());
        assertEquals(beats.get(i).scoreMillivolts(), beat.path("scoreMillivolts").asDouble());
      }
    }
    assertEquals("start", events.get(0).name);
    assertEquals("end", events.get(events.size() - 1).name);
    JsonNode latency = events.get(events.size() - 2).data;
    assertTrue(latency.path("p50Microseconds").asDouble() > 0, latency::toString);
    assertTrue(
        latency.path("p99Microseconds").asDouble() >= latency.path("p50Microseconds").asDouble());
    assertEquals(0, latency.path("dropped").asInt());
  }

  @Test
  void theBeginningHasNoForecasts() throws Exception {
    try (InputStream in = open(STREAM + "&speed=20")) {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      StringBuilder text = new StringBuilder();
      String line = lines.readLine();
      while (!line.isEmpty() || text.indexOf("event: samples") < 0) { // an empty line ends an event
        text.append(line).append('\n');
        line = lines.readLine();
      }
      List<Event> events = events(text.append('\n').toString());
      JsonNode first =
          events.stream().filter(e -> e.name.equals("samples")).findFirst().orElseThrow().data;
      assertTrue(first.path("forecastMicrovolts").get(126).isNull());
      assertTrue(first.path("forecastMicrovolts").get(127).isIntegralNumber());
    }
  }

  @Test
  void refusesWhatIsNoReplay() throws Exception {
    refused(404, "say which model: ?model=NAME", server.get("/live/stream"));
    refused(
        404,
        "no model of this name forecasts an electrocardiogram here",
        server.get("/live/stream?model=../etc"));
    refused(
        404,
        "this record is not here any more; send it again",
        server.get(STREAM + "&record=4711"));
    for (String speed : List.of("0", "-1", "1e9", "NaN", "100", "")) {
      refused(400, "speed must be a number from 0.1 to 20", server.get(STREAM + "&speed=" + speed));
    }
    for (String from : List.of("-1", "108000", "99999999999999999999", "x")) {
      refused(400, "from must be a number from 0 to 107999", server.get(STREAM + "&from=" + from));
    }
    refused(405, "a replay is asked for with GET", server.post(STREAM, new byte[0]));
    refused(405, "records are sent with POST", server.get("/live/records?model=heart"));
  }

  @Test
  void aBoundedNumberWatchAndPlacesComeBack() throws Exception {
    List<InputStream> viewers = new ArrayList<>();
    try {
      for (int i = 0; i < ReplayStream.MOST_VIEWERS; i++) {
        InputStream viewer = open(STREAM);
        viewer.readNBytes(10);
        viewers.add(viewer);
      }
      refused(503, "all 8 places of this page are taken; try again later", server.get(STREAM));
      viewers.remove(0).close();
      // who seeks leaves just before
      assertEquals(200, server.get(STREAM + "&from=107999").statusCode());
    } finally {
      for (InputStream viewer : viewers) {
        viewer.close();
      }
    }
  }

  @Test
  void aViewerIsToldOfTheStop() throws Exception {
    try (LiveServer stopping = new LiveServer("heart", model);
        InputStream viewer = stopping.uri().resolve(STREAM).toURL().openStream()) {
      viewer.readNBytes(10);
      stopping.close();
      List<Event> rest = events(new String(viewer.readAllBytes(), StandardCharsets.UTF_8));
      Event last = rest.get(rest.size() - 1);
      assertEquals("closed", last.name);
      assertEquals("the server is stopping", last.data.path("reason").asText());
    }
  }

  @Test
  void withATokenThePageIsForAllAndItsQuestionsAreNot() throws Exception {
    try (LiveServer guarded =
        new LiveServer("heart", model, settings -> settings.token("an-example-of-a-token"))) {
      assertEquals(200, guarded.get("/").statusCode());
      assertEquals(200, guarded.get("/live/live.js").statusCode());
      assertEquals(401, guarded.get("/live/about").statusCode());
      assertEquals(401, guarded.get(STREAM).statusCode());
      assertEquals(401, guarded.post("/live/records?model=heart", new byte[0]).statusCode());
      String[] header = {"Authorization", "Bearer an-example-of-a-token"};
      assertEquals(200, guarded.get("/live/about", header).statusCode());
      assertEquals(200, guarded.get(STREAM + "&from=107999", header).statusCode());
    }
  }

  private static InputStream open(String path) throws IOException {
    return server.uri().resolve(path).toURL().openStream();
  }

  static void refused(int status, String error, HttpResponse<String> answer) throws IOException {
    assertEquals(error, JSON.readTree(answer.body()).path("error").asText());
    assertEquals(status, answer.statusCode());
  }

  private static List<Event> events(String text) throws IOException {
    List<Event> events = new ArrayList<>();
    Matcher event = Pattern.compile("event: (\\w+)\ndata: (.*)\n\n").matcher(text);
    while (event.find()) {
      events.add(new Event(event.group(1), JSON.readTree(event.group(2))));
    }
    return events;
  }
}
