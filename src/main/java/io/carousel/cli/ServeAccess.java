package io.carousel.cli;

import io.carousel.serve.http.InferenceServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where a server listens and whom it serves. Secrets come from files only. */
final class ServeAccess {
  private static final String TOKEN = "CAROUSEL_TOKEN";
  private static final String PASSWORD = "CAROUSEL_KEY_STORE_PASSWORD";
  private static final long LONGEST_SECRET = 10_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Name or address to listen at; 0.0.0.0 for all of this machine's (default: 127.0.0.1,"
              + " which serves this machine only).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Port to listen at, 0 for any that is free (default: 8080).")
  private int port = 8080;

  @Option(
      names = "--known-as",
      paramLabel = "NAME",
      description =
          "A further name in the header Host that is answered, as behind a proxy; matters on"
              + " 127.0.0.1 without a token only.")
  private List<String> knownAs = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the token that requests must carry, as Authorization: Bearer TOKEN (or set"
              + " "
              + TOKEN
              + "; default: none).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--key-store",
      paramLabel = "FILE",
      description = "Serve by TLS, with the key in this PKCS 12 or JKS file.")
  private @Nullable Path keyStore;

  @Option(
      names = "--key-store-password-file",
      paramLabel = "FILE",
      description = "File with the key store's password (or set " + PASSWORD + ").")
  private @Nullable Path passwordFile;

  /** Tells the server, and warns of what others could do. */
  void apply(InferenceServer.Builder server, PrintWriter err) throws IOException {
    if (port < 0 || port > 65_535) {
      throw wrong("--port must lie in 0..65535, got " + port);
    }
    server.host(host).port(port);
    knownAs.forEach(server::knownAs);
    String token = secret(tokenFile, TOKEN);
    if (token != null) {
      try {
        server.token(token);
      } catch (IllegalArgumentException e) {
        throw new IOException((tokenFile == null ? TOKEN : tokenFile) + ": " + e.getMessage(), e);
      }
    }
    if (keyStore != null) {
      String password = secret(passwordFile, PASSWORD);
      if (password == null) {
        throw wrong("--key-store needs --key-store-password-file or " + PASSWORD);
      }
      server.tls(keyStore, password.toCharArray());
    } else if (passwordFile != null) {
      throw wrong("--key-store-password-file is of use with --key-store only");
    }
    warn(token != null, keyStore != null, err);
  }

  /** The server's address for a client of this machine. */
  URI clientUri(URI server) throws IOException {
    boolean all = InetAddress.getByName(host).isAnyLocalAddress();
    return all ? URI.create(server.getScheme() + "://localhost:" + server.getPort()) : server;
  }

  /** The command {@code curl} with what this server wants of it, to be pasted into a shell. */
  String curl() {
    String certificate = keyStore == null ? "" : " -k"; // which may be known to nobody else
    if (tokenFile != null) {
      String file = tokenFile.toAbsolutePath().normalize().toString().replace("'", "'\\''");
      return "curl%s -H \"Authorization: Bearer $(cat '%s')\"".formatted(certificate, file);
    }
    boolean variable = System.getenv(TOKEN) != null;
    return "curl" + certificate + (variable ? " -H \"Authorization: Bearer $" + TOKEN + "\"" : "");
  }

  private void warn(boolean token, boolean tls, PrintWriter err) {
    if (isLoopback()) {
      return;
    }
    if (!token) {
      err.println("warning: anybody who reaches " + host + " is served; see --token-file");
    }
    if (!tls) {
      err.println("warning: requests and answers travel in the clear; see --key-store");
    }
    err.flush();
  }

  private boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true; // the server will say that there is no such host
    }
  }

  private static @Nullable String secret(@Nullable Path file, String variable) throws IOException {
    if (file == null) {
      return System.getenv(variable);
    }
    if (Files.size(file) > LONGEST_SECRET) {
      throw new IOException(file + ": too long for a secret");
    }
    return Files.readString(file, StandardCharsets.UTF_8).strip();
  }

  private ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
