package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a server as a program would. Any thread may use it. */
final class JsonClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final InferenceServer server;

  /** What came back. */
  record Answer(int status, byte[] bytes, HttpResponse<byte[]> response) {
    JsonNode json() throws IOException {
      return JSON.readTree(bytes);
    }

    Answer is(int expected) {
      assertEquals(expected, status, () -> new String(bytes, StandardCharsets.UTF_8));
      return this;
    }

    String error() throws IOException {
      return json().path("error").asText();
    }

    /** The numbers of the one output. */
    float[] floats() throws IOException {
      return JsonClient.floats(new String(is(200).bytes, StandardCharsets.UTF_8));
    }
  }

  /** The numbers of the one output of an answer. */
  static float[] floats(String answer) throws IOException {
    JsonNode data = JSON.readTree(answer).at("/outputs/0/data");
    float[] floats = new float[data.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.parseFloat(data.get(i).asText());
    }
    return floats;
  }

  JsonClient(InferenceServer server) {
    this.server = server;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, new byte[0]);
  }

  Answer post(String path, String body) throws IOException, InterruptedException {
    return send("POST", path, body.getBytes(StandardCharsets.UTF_8));
  }

  Answer send(String method, String path, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve(path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (HttpTimeoutException e) { // worse than a connection that ends
      throw new AssertionError(method + " " + path + " is left without an answer", e);
    }
  }
}
