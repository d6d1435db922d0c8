package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.serve.ServedModel;
import io.carousel.serve.ServingOptions;
import io.carousel.serve.http.InferenceServer;
import io.carousel.serve.protocol.ModelSignature;
import io.carousel.serve.protocol.TensorSpec;
import io.carousel.task.ecg.live.LivePage;
import io.carousel.train.Provenance;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves models over HTTP until it is told to stop. */
@Command(
    name = "serve",
    header = "Serve models over HTTP: whole sequences, and streams step by step.",
    description = {
      "",
      "Speaks the Open Inference Protocol, version 2, with sessions as an extension. Ctrl-C or"
          + " SIGTERM stops it: requests under way are answered, new ones refused.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel serve runs/ecg/model.safetensors",
      "  carousel serve heart=model.safetensors other=b.safetensors --port 9000",
      "  carousel serve model.safetensors --host 0.0.0.0 --token-file token \\",
      "      --key-store key.p12 --key-store-password-file password"
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServeAccess access;
  @Mixin private ServeLimits limits;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description =
          "A file, served under its name or, when that is model.safetensors, its folder's; or"
              + " NAME=FILE.")
  private List<String> models = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Map<String, Path> files = files();
    InferenceServer.Builder builder = InferenceServer.builder();
    limits.apply(builder);
    access.apply(builder, err);
    Devices.Selection selection = deviceArguments.open();
    ServingOptions options = ServingOptions.DEFAULT.withVerified(strict.isAsked());
    CountDownLatch stop = new CountDownLatch(1);
    try (Interruption interruption = new Interruption(err, "answering what is under way ...");
        Device device = selection.device();
        LoadedModels loaded = new LoadedModels(files, device, options)) {
      LivePage page =
          new LivePage(
              "Carousel " + Provenance.carouselVersion(), selection.device().description());
      for (Map.Entry<String, ServedModel> model : loaded.models().entrySet()) {
        builder.model(model.getKey(), model.getValue());
        page.model(model.getKey(), model.getValue());
      }
      page.addTo(builder);
      try (InferenceServer server = builder.start()) {
        interruption.use(stop::countDown);
        out.println(DeviceArguments.line(selection));
        print(loaded.models(), server, out);
        stop.await();
      }
    }
    return ExitCode.OK;
  }

  private Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String model : models) {
      int equals = model.indexOf('=');
      Path file = Path.of(model.substring(equals + 1));
      String name = equals < 0 ? nameOf(file) : model.substring(0, equals);
      if (!InferenceServer.isModelName(name)) {
        throw wrong("'" + name + "' is no name of a model: give it one as NAME=" + file);
      }
      if (files.put(name, file) != null) {
        throw wrong("two models are named " + name + ": give them others as NAME=FILE");
      }
    }
    return files;
  }

  private static String nameOf(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    boolean usual = absolute.endsWith("model.safetensors");
    Path named = usual && folder != null && folder.getFileName() != null ? folder : absolute;
    return String.valueOf(named.getFileName()).replaceFirst("\\.safetensors$", "");
  }

  private void print(Map<String, ServedModel> models, InferenceServer server, PrintWriter out)
      throws IOException {
    out.println("serving at " + server.uri() + ", stopped by Ctrl-C");
    TextTable table = new TextTable("model", "takes", "gives", "");
    models.forEach(
        (name, model) -> {
          ModelSignature signature = ModelSignature.ofSequences(model.spec());
          table.row(
              name,
              form(signature.inputs().get(0)),
              form(signature.output()),
              model.whyNotStreaming() == null ? "with sessions" : "no sessions");
        });
    table.print(out, "  ");
    Map.Entry<String, ServedModel> first = models.entrySet().iterator().next();
    String url = access.clientUri(server.uri()) + "/v2/models/" + first.getKey();
    ModelSignature signature = ModelSignature.ofSequences(first.getValue().spec());
    out.println("try");
    signature.commands(access.curl(), url).forEach(command -> out.println("  " + command));
    out.flush();
  }

  private static String form(TensorSpec tensor) {
    return tensor.datatypes().get(0) + " " + tensor.form();
  }

  private ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  /** All models or none. */
  private static final class LoadedModels implements AutoCloseable {
    private final Map<String, ServedModel> models = new LinkedHashMap<>();

    LoadedModels(Map<String, Path> files, Device device, ServingOptions options)
        throws IOException {
      boolean loaded = false;
      try {
        for (Map.Entry<String, Path> file : files.entrySet()) {
          models.put(file.getKey(), ServedModel.load(file.getValue(), device, options));
        }
        loaded = true;
      } finally {
        if (!loaded) {
          close();
        }
      }
    }

    Map<String, ServedModel> models() {
      return models;
    }

    @Override
    public void close() {
      models.values().forEach(ServedModel::close);
    }
  }
}
