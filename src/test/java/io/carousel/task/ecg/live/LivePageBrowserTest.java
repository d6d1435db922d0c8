package io.carousel.task.ecg.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.carousel.Browser;
import io.carousel.BrowserTab;
import io.carousel.RunningBrowser;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Gru;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.ecg.TrainedEcg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person uses it, in a headless Chromium. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LivePageBrowserTest {
  private static final String POSITION = "Number(document.getElementById('position').value)";
  private static final String BEATS = "Number(document.getElementById('beats').textContent)";
  private static final String IS_LIVE =
      "document.getElementById('connection').textContent === 'live'";
  private static final String FITS =
      "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
  private static final String READY = "!document.getElementById('monitor').hidden";

  @TempDir static Path folder;
  private static RunningBrowser browser;
  private static Path model;
  private static LiveServer server;

  private BrowserTab tab;

  @BeforeAll
  static void serve() throws Exception {
    Browser installed = Browser.require();
    browser = new RunningBrowser(installed, folder);
    model = TrainedEcg.in(folder.resolve("run"));
    server = new LiveServer("heart", model);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openTab() throws Exception {
    tab = new BrowserTab(browser);
  }

  @AfterEach
  void closeTab() throws Exception {
    tab.close();
  }

  @Test
  void replaysMarksBeatsPausesAndGoesOn() throws Exception {
    tab.visit(server.uri());
    tab.await(READY);
    chooseSpeed("2");
    tab.click("#play");
    tab.await("document.querySelectorAll('#list li').length >= 2");
    assertTrue(inked("signal") && inked("forecast") && inked("abnormal"), "the strip is blank");
    chooseSpeed("10"); // goes on where it was, but faster
    tab.await(BEATS + " >= 20");
    tab.await("document.getElementById('latency').textContent !== '–'");
    assertEquals("live", tab.text("#connection"));
    assertEquals("Pause", tab.text("#play"));
    assertTrue(tab.text("#list li").contains("forecast off by 0."), tab.text("#list"));

    tab.click("#play");
    tab.await("document.getElementById('connection').textContent === 'paused'");
    int beats = tab.evaluate(BEATS).asInt();
    String clock = tab.text("#clock");
    Thread.sleep(500);
    assertEquals(clock, tab.text("#clock"));

    tab.click("#play");
    tab.await(BEATS + " > " + (beats + 5));
    assertFalse(clock.equals(tab.text("#clock")));
    assertEquals(List.of(), tab.complaints());
    for (String address : tab.requests()) {
      assertTrue(address.startsWith(server.uri().toString()), address);
    }
  }

  /** Whether the strip holds pixels of exactly that colour. */
  private boolean inked(String colour) throws Exception {
    return tab.evaluate(
            """
            (() => {
              const strip = document.getElementById('strip');
              const copy = document.createElement('canvas');
              copy.width = strip.width;
              copy.height = strip.height;
              const paper = copy.getContext('2d', { willReadFrequently: true });
              const pixels = () =>
                new Uint32Array(paper.getImageData(0, 0, copy.width, copy.height).data.buffer);
              paper.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--%s');
              paper.fillRect(0, 0, 1, 1);
              const wanted = pixels()[0];
              paper.drawImage(strip, 0, 0);
              return pixels().filter((pixel) => pixel === wanted).length > 20;
            })()"""
                .formatted(colour))
        .asBoolean();
  }

  private void chooseSpeed(String speed) throws Exception {
    tab.evaluate(
        """
        (() => {
          document.getElementById('speed').value = '%s';
          document.getElementById('speed').dispatchEvent(new Event('change'));
        })()"""
            .formatted(speed));
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    tab.visit(server.uri());
    tab.await(READY);
    tabTo("play");
    assertTrue(
        tab.evaluate("getComputedStyle(document.activeElement).outlineStyle === 'solid'")
            .asBoolean());
    tab.press(" ");
    tab.await(IS_LIVE);
    tab.press("Enter");
    tab.await("document.getElementById('connection').textContent === 'paused'");
    tabTo("speed");
    tab.press("ArrowDown");
    assertEquals("2", tab.evaluate("document.getElementById('speed').value").asText());
    tabTo("position");
    for (int i = 0; i < 5; i++) {
      tab.press("ArrowRight");
    }
    assertTrue(tab.text("#clock").startsWith("0:0"), tab.text("#clock"));
    int position = tab.evaluate(POSITION).asInt();
    assertTrue(position >= 5 * 360, () -> position + " samples");
    tab.evaluate("document.querySelector('#upload summary').focus()");
    tab.press("Enter");
    tabTo("send");
    tab.press("Enter");
    tab.await("document.getElementById('upload-state').textContent === 'Choose a file first.'");
    assertEquals(List.of(), tab.complaints());
  }

  private void tabTo(String id) throws Exception {
    for (int i = 0; i < 20; i++) {
      if (tab.evaluate("document.activeElement.id").asText().equals(id)) {
        return;
      }
      tab.press("Tab");
    }
    throw new AssertionError("the keyboard does not reach " + id);
  }

  @Test
  void aRecordIsSentAndReplayed() throws Exception {
    float[] signal = BundledEcg.load().samplesMillivolts();
    Path csv =
        Files.writeString(
            folder.resolve("mine.csv"),
            IntStream.range(0, 3600)
                .mapToObj(t -> signal[t] + "," + -signal[t] + "\n")
                .collect(Collectors.joining("", "up,down\n", "")));
    tab.visit(server.uri());
    tab.await(READY);
    tab.click("#upload summary");
    tab.choose("#files", csv);
    tab.click("#send");
    tab.await("document.getElementById('upload-state').textContent.includes('choose a column')");
    assertEquals(
        "Not taken: mine.csv has the columns [up, down]: choose a column",
        tab.text("#upload-state"));
    tab.click("#column");
    tab.type("down");
    tab.click("#send");
    tab.await("document.getElementById('upload-state').textContent.startsWith('Taken')");
    assertEquals("0:00 of 0:10", tab.text("#clock"));
    chooseSpeed("10");
    tab.press("Enter"); // on Start, which has the focus
    tab.await("document.getElementById('connection').textContent === 'end of the record'");
    assertEquals("0:10 of 0:10", tab.text("#clock"));
    assertTrue(tab.evaluate(BEATS).asInt() > 10);
    // the refusal is logged by the browser, nothing else is
    assertTrue(
        tab.complaints().stream().allMatch(c -> c.contains("422")), tab.complaints()::toString);
  }

  @Test
  void asksForTheToken() throws Exception {
    try (LiveServer guarded =
        new LiveServer("heart", model, settings -> settings.token("an-example-of-a-token"))) {
      tab.visit(guarded.uri());
      tab.await("!document.getElementById('token-form').hidden");
      tab.type("something-else-entirely");
      tab.press("Enter");
      tab.await("document.getElementById('problem').textContent.includes('does not know')");
      tab.evaluate("document.getElementById('token').value = ''");
      tab.type("an-example-of-a-token");
      tab.press("Enter");
      tab.await(READY);
      chooseSpeed("10");
      tab.click("#play");
      tab.await(BEATS + " > 1");
      assertEquals(guarded.uri().toString(), tab.evaluate("location.href").asText());
      String command =
          "curl -H \"Authorization: Bearer $CAROUSEL_TOKEN\" %sv2/models/heart"
              .formatted(guarded.uri());
      assertTrue(tab.text("#model-list").contains(command), tab.text("#model-list"));
      assertEquals("00", tab.evaluate("'' + localStorage.length + sessionStorage.length").asText());
    }
  }

  @Test
  void goesOnByItselfWhenTheServerComesBack() throws Exception {
    LiveServer first = new LiveServer("heart", model);
    int port = first.port();
    try {
      tab.visit(first.uri());
      tab.await(READY);
      chooseSpeed("10");
      tab.click("#play");
      tab.await(BEATS + " > 1");
    } finally {
      first.close();
    }
    tab.await("document.getElementById('connection').textContent.startsWith('lost')");
    int position = tab.evaluate(POSITION).asInt();
    try (LiveServer second = new LiveServer("heart", model, settings -> settings.port(port))) {
      tab.await(IS_LIVE + " && " + POSITION + " > " + (position + 360));
    }
  }

  @Test
  void theBrowserRefusesWhatThePolicyForbids() throws Exception {
    tab.visit(server.uri());
    tab.await(READY);
    tab.evaluate(
        """
        (() => {
          const inline = document.createElement('script');
          inline.textContent = 'document.title = "taken over"';
          const image = document.createElement('img');
          image.src = 'http://127.0.0.1:9/image.png';
          document.body.append(inline, image);
          document.body.setAttribute('style', 'color: red');
        })()""");
    tab.await("true");
    assertEquals("Carousel, live", tab.evaluate("document.title").asText());
    String complaints = tab.complaints().toString();
    for (String directive :
        List.of("script-src 'self'", "img-src 'self' data:", "style-src 'self'")) {
      assertTrue(complaints.contains(directive), () -> directive + " in " + complaints);
    }
  }

  @Test
  void fitsNarrowScreensInLightAndDark() throws Exception {
    tab.visit(server.uri());
    tab.await(READY);
    for (int width : new int[] {360, 390, 768, 1200}) {
      for (boolean dark : new boolean[] {false, true}) {
        tab.look(width, 800, dark, true);
        assertTrue(tab.evaluate(FITS).asBoolean(), "wider than " + width);
        String paper = tab.evaluate("getComputedStyle(document.body).backgroundColor").asText();
        assertEquals(dark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)", paper);
      }
    }
    tab.evaluate("document.getElementById('upload').open = true");
    tab.look(360, 800, false, true);
    assertTrue(tab.evaluate(FITS).asBoolean(), "the upload is wider than 360");
  }

  @Test
  void othersThanForecastersAreShownWithRequests() throws Exception {
    Path file = folder.resolve("other.safetensors");
    try (Device device = Devices.open("cpu");
        SequenceModel other =
            SequenceModel.around(Gru.builder(3, 8).bidirectional(true)).head(2).build(device, 1)) {
      SequenceModelFile.save(other, JsonNodeFactory.instance.objectNode(), file);
    }
    try (LiveServer plain = new LiveServer("plain", file)) {
      tab.visit(plain.uri());
      tab.await("!document.getElementById('models').hidden");
      assertTrue(tab.evaluate("document.getElementById('monitor').hidden").asBoolean());
      String words = tab.text("#model-list");
      assertTrue(words.startsWith("plainbidirectional GRU, 1 × 8 units"), words);
      assertTrue(words.contains("curl " + plain.uri() + "v2/models/plain/infer -d"), words);
      assertEquals(List.of(), tab.complaints());
    }
  }
}
