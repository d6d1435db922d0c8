package io.carousel.task.ecg.live;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.serve.ServedModel;
import io.carousel.serve.http.InferenceServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The page of one model on this machine, and a client. */
final class LiveServer implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Device device = Devices.open("cpu");
  private final ServedModel model;
  private final InferenceServer server;

  LiveServer(String name, Path file) throws IOException {
    this(name, file, settings -> {});
  }

  LiveServer(String name, Path file, Consumer<InferenceServer.Builder> settings)
      throws IOException {
    model = ServedModel.load(file, device);
    InferenceServer.Builder builder = InferenceServer.builder();
    new LivePage("Carousel under test", device.description()).model(name, model).addTo(builder);
    settings.accept(builder);
    server = builder.start();
  }

  URI uri() {
    return server.uri().resolve("/");
  }

  int port() {
    return server.port();
  }

  ServedModel model() {
    return model;
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri().resolve(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.close();
    model.close();
    device.close();
  }
}
