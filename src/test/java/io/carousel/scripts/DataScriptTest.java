package io.carousel.scripts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/data against a server of this process, with the real files. */
class DataScriptTest {
  private static final String SHAKESPEARE =
      "raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e"
          + "/data/tinyshakespeare/input.txt";

  @TempDir Path folder;
  private FileServer server;

  @BeforeEach
  void start() throws IOException {
    for (String tool : new String[] {"/bin/bash", "/usr/bin/curl"}) {
      Assumptions.assumeTrue(Files.isExecutable(Path.of(tool)), "skipped: no " + tool);
    }
    server = new FileServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Run(int exitCode, String output) {
    Run ended(int code, String... words) {
      assertEquals(code, exitCode, output);
      Arrays.stream(words).forEach(w -> assertTrue(output.contains(w), () -> w + ": " + output));
      return this;
    }
  }

  private Run data(String... words) throws IOException, InterruptedException {
    return dataFrom(server.address(), words);
  }

  private static Run dataFrom(String base, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "scripts/data"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CAROUSEL_DATA_BASE", base);
    builder.environment().remove("http_proxy");
    builder.environment().put("no_proxy", "*");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  private String dir() {
    return folder.resolve("set").toString();
  }

  private static byte[] real(String set, String name) throws IOException {
    return Files.readAllBytes(TestData.require(set).resolve(name));
  }

  @Test
  void anInterruptedDownloadGoesOn() throws Exception {
    byte[] text = real("tinyshakespeare", "input.txt");
    server.files.put(SHAKESPEARE, text);
    server.breakAfter = 300_000;
    data("lm", dir()).ended(1, "cannot get", "The same command goes on later");
    assertFalse(Files.exists(Path.of(dir(), "input.txt")), "what is not complete is not there");
    long part = Files.size(Path.of(dir(), ".download/input.txt.part"));
    assertEquals(300_000, part);
    server.breakAfter = Integer.MAX_VALUE;
    data("lm", dir())
        .ended(
            0,
            "going on after 300000 bytes",
            "public domain",
            "next: carousel train lm --data " + dir());
    assertEquals(
        List.of(SHAKESPEARE, SHAKESPEARE + " bytes=300000-"), List.copyOf(server.requests));
    assertArrayEquals(text, Files.readAllBytes(Path.of(dir(), "input.txt")));
    data("lm", dir()).ended(0, "is complete");
    assertEquals(2, server.requests.size(), "what is there and right is not asked for again");

    // complete, but not yet renamed when it was interrupted
    Files.move(Path.of(dir(), "input.txt"), Path.of(dir(), ".download/input.txt.part"));
    data("lm", dir()).ended(0, "is complete");
    assertArrayEquals(text, Files.readAllBytes(Path.of(dir(), "input.txt")));
  }

  @Test
  void aWrongFileIsKeptAsideAndNotUsed() throws Exception {
    byte[] text = real("tinyshakespeare", "input.txt");
    byte[] bad = text.clone();
    bad[1000] ^= 1;
    server.files.put(SHAKESPEARE, bad);
    data("lm", dir()).ended(1, "wrong checksum: SHA-256 is ", "should be 86c4e6aa9db7");
    assertFalse(Files.exists(Path.of(dir(), "input.txt")));
    assertArrayEquals(bad, Files.readAllBytes(Path.of(dir(), "input.txt.bad")));
    server.files.put(SHAKESPEARE, text);
    data("lm", dir()).ended(0, "is complete");
    Files.write(Path.of(dir(), "input.txt"), bad); // broken later
    data("lm", dir()).ended(0, "not what it should be, kept as");
    assertArrayEquals(text, Files.readAllBytes(Path.of(dir(), "input.txt")));
  }

  @Test
  void recordsAreCheckedAgainstPhysioNetsOwnSums() throws Exception {
    String at = "physionet.org/files/mitdb/1.0.0/";
    StringBuilder sums = new StringBuilder();
    for (String name : List.of("101.hea", "101.atr", "999.txt")) {
      byte[] bytes = name.startsWith("101") ? real("mitdb-ds1", name) : new byte[] {1};
      server.files.put(at + name, bytes);
      sums.append(sha256(bytes)).append(' ').append(name).append('\n');
    }
    byte[] unseen = "100 2 360 650000\n".getBytes(StandardCharsets.UTF_8);
    server.files.put(at + "100.hea", unseen);
    server.files.put(
        at + "SHA256SUMS.txt",
        (sums + sha256(unseen) + " 100.hea\n").getBytes(StandardCharsets.UTF_8));
    Run run = data("ecg-beats", dir()).ended(0, "Open Data Commons Attribution", "Moody and Mark");
    assertFalse(run.output.contains("not checked"), run.output);
    assertArrayEquals(unseen, Files.readAllBytes(Path.of(dir(), "100.hea")));
    assertArrayEquals(real("mitdb-ds1", "101.atr"), Files.readAllBytes(Path.of(dir(), "101.atr")));
    assertFalse(Files.exists(Path.of(dir(), "999.txt")), "no record");

    Files.delete(Path.of(dir(), "100.hea"));
    server.files.put(at + "100.hea", new byte[] {2});
    data("ecg-beats", dir()).ended(1, "100.hea has the wrong checksum");
  }

  @Test
  void archivesAreUnpackedWhereTheTaskLooksForThem() throws Exception {
    String at = "nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("train", "dev", "test")) {
        zip.putNextEntry(new ZipEntry("trees/" + name + ".txt"));
        zip.write(("(3 (2 a) (4 " + name + "))\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    server.files.put(at, Arrays.copyOf(bytes.toByteArray(), 200));
    data("sentiment", dir()).ended(1, "cannot be unpacked", ".zip.bad");
    server.files.put(at, bytes.toByteArray());
    data("sentiment", dir())
        .ended(0, "Socher", "not checked, as nobody publishes a checksum of it", "PTB.zip");
    assertEquals("(3 (2 a) (4 dev))\n", Files.readString(Path.of(dir(), "dev.txt")));
    data("sentiment", dir()).ended(0, "is complete");
    assertEquals(2, server.requests.size());
  }

  @Test
  void whatCannotBeHadIsSaid() throws Exception {
    data("translate", dir()).ended(1, "train.lc.norm.tok.de was refused", "404");
    String nobody = server.address();
    server.close();
    dataFrom(nobody, "icu", dir()).ended(1, "cannot get", "is there a network?");
    dataFrom(nobody, "mnist").ended(1, "unknown task 'mnist': choose one of ecg-beats icu");
    dataFrom(nobody, "lm", "a", "b").ended(1, "too many arguments");
    dataFrom(nobody).ended(2, "Usage: scripts/data TASK [DIR]");
    dataFrom(nobody, "--help").ended(0, "Usage: scripts/data TASK [DIR]");
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
