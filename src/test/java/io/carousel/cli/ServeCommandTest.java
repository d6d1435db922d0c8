package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Gru;
import io.carousel.rnn.SequenceModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ServeCommandTest {
  @TempDir Path folder;

  private Path save(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (Device device = Devices.open("reference");
        SequenceModel model = SequenceModel.around(Gru.builder(2, 3)).head(1).build(device, 1)) {
      SequenceModelFile.save(model, file);
    }
    return file;
  }

  /** The command in a process of its own, which SIGTERM ends. */
  private static Process start(Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED"); // the jar's manifest says so
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--port", "0", "--device", "reference"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command).start();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            request.header("Authorization", "Bearer 0123456789abcdef").build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** What a person gets who pastes that line into a terminal. */
  private static String shell(String line) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", line).start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, shell.waitFor(), () -> line + ": " + err);
    return said;
  }

  @Test
  void whatItPrintsCanBeCalledUntilItIsStopped() throws Exception {
    Path token = Files.writeString(folder.resolve("the token's file"), "0123456789abcdef\n");
    Process process =
        start(save("heart/model.safetensors"), "b=" + save("c.safetensors"), "--token-file", token);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      StringBuilder said = new StringBuilder();
      List<String> calls = new ArrayList<>();
      while (calls.size() < 2) {
        String line = out.readLine();
        assertTrue(line != null, () -> "ended after " + said);
        said.append(line).append('\n');
        if (line.startsWith("  curl ")) {
          calls.add(line.strip());
        }
      }
      assertTrue(
          said.toString()
              .contains("heart  FP32 [batch, time, features=2]  FP32 [batch, time, outputs=1]"),
          said.toString());
      assertTrue(said.toString().contains("\n  b  "), said.toString());

      assertTrue(shell(calls.get(0)).startsWith("{\"name\":\"heart\""));
      String answer = shell(calls.get(1));
      assertTrue(answer.contains("\"shape\":[1,1,1]"), answer);
      URI model = URI.create(calls.get(0).substring(calls.get(0).lastIndexOf(' ') + 1));
      URI root = model.resolve("/");
      assertTrue(send(HttpRequest.newBuilder(root)).body().contains("<html"), "the live page");
      String about = send(HttpRequest.newBuilder(model.resolve("/live/about"))).body();
      assertTrue(about.contains("{\"name\":\"heart\",\"facts\":["), about);
      String page = send(HttpRequest.newBuilder(model.resolve("/"))).body();
      assertTrue(page.contains("<title>Carousel, live</title>"), page);
    } finally {
      process.toHandle().destroy();
    }
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(128 + 15, process.waitFor(), err);
    assertEquals("answering what is under way ...", err.strip());
  }

  @Test
  void theLinesToTryKnowTokenTlsAndAddress() throws Exception {
    assertEquals("curl", access().curl());
    Path token = folder.resolve("it's");
    String quoted = token.toString().replace("'", "'\\''");
    assertEquals(
        "curl -k -H \"Authorization: Bearer $(cat '" + quoted + "')\"",
        access("--key-store", "key.p12", "--token-file", token.toString()).curl());
    for (String all : new String[] {"0.0.0.0", "::"}) {
      URI server = URI.create("https://[::]:81");
      assertEquals(URI.create("https://localhost:81"), access("--host", all).clientUri(server));
    }
    URI server = URI.create("http://127.0.0.2:81");
    assertEquals(server, access("--host", "127.0.0.2").clientUri(server));
  }

  @CommandLine.Command
  private static final class Options {
    @CommandLine.Mixin private final ServeAccess access = new ServeAccess();
  }

  private static ServeAccess access(String... args) {
    return CommandLine.populateCommand(new Options(), args).access;
  }

  @Test
  void damagedWeightsAreNotServed() throws Exception {
    Path model = save("m.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    bytes[8 + header] ^= 1; // of the first weight
    Files.write(model, bytes);
    Cli.run("serve", model, "--device", "reference", "--port", 0)
        .failed(1, model + ": the weights are not those that were saved");
  }

  @Test
  void wrongArgumentsGiveOneLine() throws Exception {
    Path model = save("m.safetensors");
    Cli.run("serve").failed(2, "Missing required parameter: 'MODEL'");
    Cli.run("serve", model, "--port", 70_000).failed(2, "--port must lie in 0..65535");
    Cli.run("serve", "a b=" + model).failed(2, "'a b' is no name of a model");
    Cli.run("serve", model, model).failed(2, "two models are named m");
    Cli.run("serve", model, "--max-body", 0).failed(2, "--max-body must lie in 1..1024, got 0");
    Cli.run("serve", model, "--max-delay", "NaN").failed(2, "--max-delay");
    Cli.run("serve", model, "--key-store", model).failed(2, "--key-store needs --key-store-pass");
    Cli.run("serve", model, "--key-store-password-file", model).failed(2, "with --key-store only");
  }

  @Test
  void whatCannotBeServedIsSaidInOneLine() throws Exception {
    Path model = save("m.safetensors");
    Path missing = folder.resolve("missing");
    Path text = Files.writeString(folder.resolve("text"), "too short");
    Cli.run("serve", missing).failed(1, missing + ": no such file");
    Cli.run("serve", text).failed(1, text + ": ");
    Cli.run("serve", model, "--token-file", missing).failed(1, missing + ": no such file");
    Cli.run("serve", model, "--token-file", text).failed(1, text + ": a token has at least 16");
    Cli.run("serve", model, "--key-store", text, "--key-store-password-file", text)
        .failed(1, text + ": this is no PKCS 12");
    Cli.run("serve", model, "--host", "no.such.host.invalid").failed(1, "there is no host");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli.run("serve", model, "--port", taken.getLocalPort())
          .failed(1, "port " + taken.getLocalPort() + ": Address already in use");
    }
  }
}
