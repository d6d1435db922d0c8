package io.carousel.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts for a GPU where there is none, on a path with little else than nvidia-smi. */
class GpuScriptsTest {
  @TempDir Path folder;

  private String refusal(String script) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/bash", "scripts/" + script).redirectErrorStream(true);
    builder.environment().put("PATH", folder.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), output);
    return output;
  }

  @ParameterizedTest
  @ValueSource(strings = {"check-gpu", "bench-gpu"})
  void whatIsMissingIsNamed(String script) throws Exception {
    for (String tool : new String[] {"dirname", "grep"}) {
      Path there = Path.of("/usr/bin", tool);
      Assumptions.assumeTrue(
          Files.isExecutable(Path.of("/bin/bash")) && Files.isExecutable(there),
          "skipped: no /bin/bash, no " + there);
      Files.createSymbolicLink(folder.resolve(tool), there);
    }
    assertEquals(
        script
            + ": no nvidia-smi: install the NVIDIA driver, or start the container with the NVIDIA"
            + " runtime (--gpus all)\n",
        refusal(script));
    Path smi = folder.resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\necho 'No devices were found'\n");
    assertTrue(smi.toFile().setExecutable(true));
    assertEquals(script + ": no GPU here: nvidia-smi shows none\n", refusal(script));
  }
}
