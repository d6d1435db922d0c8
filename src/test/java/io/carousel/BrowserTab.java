package io.carousel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tab of a headless Chromium that a test uses as a person does: looks, clicks, types. Driven by
 * the Chrome DevTools Protocol.
 */
public final class BrowserTab implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 30;

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI closing;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> open = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** Opens an empty tab. */
  public BrowserTab(RunningBrowser browser) throws Exception {
    URI tabs = browser.tabs();
    HttpRequest create =
        HttpRequest.newBuilder(tabs.resolve("new?about:blank"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    JsonNode target = JSON.readTree(http.send(create, HttpResponse.BodyHandlers.ofString()).body());
    closing = tabs.resolve("close/" + target.path("id").asText());
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(target.path("webSocketDebuggerUrl").asText()), new Listener())
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", object());
    }
  }

  /** Messages come in parts. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          take(JSON.readTree(text.toString()));
        } catch (IOException e) {
          complaints.add("unreadable message: " + e);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void take(JsonNode message) {
    JsonNode params = message.path("params");
    switch (message.path("method").asText()) {
      case "" -> {
        CompletableFuture<JsonNode> call = open.remove(message.path("id").asInt());
        if (call != null) {
          call.complete(message);
        }
      }
      case "Runtime.exceptionThrown" -> complaints.add(params.path("exceptionDetails").toString());
      case "Log.entryAdded" -> complaints.add(params.path("entry").toString());
      case "Runtime.consoleAPICalled" -> complaints.add(params.path("args").toString());
      case "Network.requestWillBeSent" -> requests.add(params.at("/request/url").asText());
      default -> {}
    }
  }

  /** Calls a method of the protocol and waits for its result. */
  public JsonNode call(String method, ObjectNode params) throws Exception {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    open.put(id, answer);
    ObjectNode message = object().put("id", id).put("method", method);
    message.set("params", params);
    socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (result.has("error")) {
      throw new IOException(method + ": " + result.path("error"));
    }
    return result.path("result");
  }

  /** Opens an address and waits until its document is loaded. */
  public void visit(URI address) throws Exception {
    call("Page.navigate", object().put("url", address.toString()));
    await("location.href !== 'about:blank' && document.readyState === 'complete'");
  }

  /** The value of an expression in the page. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        call(
            "Runtime.evaluate",
            object()
                .put("expression", expression)
                .put("returnByValue", true)
                .put("awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(expression + ": " + result.path("exceptionDetails"));
    }
    return result.at("/result/value");
  }

  /** The text of an element. */
  public String text(String selector) throws Exception {
    return evaluate("document.querySelector('%s').textContent".formatted(selector)).asText();
  }

  /** Waits until an expression is true. */
  public void await(String expression) throws Exception {
    for (int attempt = 0; attempt < PATIENCE_SECONDS * 20; attempt++) {
      if (evaluate(expression).asBoolean()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(
        "not within %d s: %s; the page says: %s; complaints: %s"
            .formatted(
                PATIENCE_SECONDS,
                expression,
                evaluate("document.body.innerText").asText(),
                complaints));
  }

  /** Clicks into the middle of an element with the mouse. */
  public void click(String selector) throws Exception {
    JsonNode box =
        evaluate(
            """
            (() => {
              const element = document.querySelector('%s');
              element.scrollIntoView({ block: 'center', behavior: 'instant' });
              const { x, y, width, height } = element.getBoundingClientRect();
              return { x: x + width / 2, y: y + height / 2 };
            })()"""
                .formatted(selector));
    for (String type : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          object()
              .put("type", type)
              .put("x", box.path("x").asDouble())
              .put("y", box.path("y").asDouble())
              .put("button", "left")
              .put("clickCount", 1));
    }
  }

  /** Presses a key, such as {@code Tab}, {@code Enter}, {@code ArrowDown} or a blank. */
  public void press(String key) throws Exception {
    String typed = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
    int code =
        Map.of("Tab", 9, "Enter", 13, " ", 32, "ArrowUp", 38, "ArrowRight", 39, "ArrowDown", 40)
            .getOrDefault(key, 0);
    for (String type : List.of(typed.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      ObjectNode event = object().put("type", type).put("key", key);
      event.put("windowsVirtualKeyCode", code);
      if (!typed.isEmpty() && type.equals("keyDown")) {
        event.put("text", typed);
      }
      call("Input.dispatchKeyEvent", event);
    }
  }

  /** Types into the element that has the focus. */
  public void type(String text) throws Exception {
    call("Input.insertText", object().put("text", text));
  }

  /** Chooses files in an input of files. */
  public void choose(String selector, Path... files) throws Exception {
    JsonNode root = call("DOM.getDocument", object()).path("root").path("nodeId");
    ObjectNode query = object().put("selector", selector);
    query.set("nodeId", root);
    ObjectNode choice = object();
    choice.set("nodeId", call("DOM.querySelector", query).path("nodeId"));
    for (Path file : files) {
      choice.withArray("files").add(file.toAbsolutePath().toString());
    }
    call("DOM.setFileInputFiles", choice);
  }

  /** Looks through a window of that size, in dark or light colours, with or without motion. */
  public void look(int width, int height, boolean dark, boolean still) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        object()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", width < 600));
    ObjectNode media = object();
    media
        .withArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    media
        .withArray("features")
        .addObject()
        .put("name", "prefers-reduced-motion")
        .put("value", still ? "reduce" : "no-preference");
    call("Emulation.setEmulatedMedia", media);
  }

  /** The whole page as a PNG. */
  public byte[] screenshot() throws Exception {
    ObjectNode params = object().put("format", "png").put("captureBeyondViewport", true);
    return Base64.getDecoder().decode(call("Page.captureScreenshot", params).path("data").asText());
  }

  /** What was logged: messages, exceptions, refused requests, violations of the policy. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** All addresses that were asked for. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    http.send(HttpRequest.newBuilder(closing).build(), HttpResponse.BodyHandlers.discarding());
  }
}
