package io.carousel.task.translation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Precision;
import io.carousel.io.Description;
import io.carousel.io.ModelFile;
import io.carousel.io.ModelFormatException;
import io.carousel.io.ParameterTensors;
import io.carousel.io.Probe;
import io.carousel.nn.LuongAttention;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Saves and loads a {@link Translator} as a {@link ModelFile} of the kind {@code translator}. */
final class TranslatorFile {
  private static final String KIND = "translator";

  private TranslatorFile() {}

  private record Content(EncoderDecoderSpec spec, TranslationText text) {}

  static void save(Translator translator, Map<String, String> provenance, Path file)
      throws IOException {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("kind", KIND);
    EncoderDecoderSpec spec = translator.model().spec();
    ObjectNode model = description.putObject("model");
    model.put("cell", name(spec.cell()));
    model.put("embeddingSize", spec.embeddingSize());
    model.put("hiddenSize", spec.hiddenSize());
    model.put("layers", spec.layers());
    model.put("bidirectional", spec.bidirectional());
    model.put("attention", spec.attention() == null ? "none" : name(spec.attention()));
    model.put("dropout", spec.dropout());
    TranslationText text = translator.text();
    ObjectNode words = description.putObject("text");
    words.put("sourceLanguage", text.sourceLanguage());
    words.put("targetLanguage", text.targetLanguage());
    words.put("sourceUnit", text.sourceUnit().word());
    words.put("targetUnit", text.targetUnit().word());
    words.put("lowerCase", text.lowerCase());
    words.put("reverseSource", text.reverseSource());
    put(words.putArray("sourceVocabulary"), text.sources());
    put(words.putArray("targetVocabulary"), text.targets());
    ObjectNode facts = description.putObject("provenance");
    provenance.forEach(facts::put);
    ParameterSet parameters = translator.model().parameters();
    ModelFile.write(
        file,
        description,
        ParameterTensors.of(parameters, translator.model().queue()),
        parameters.aliases(),
        Probe.of(
            Probe.ids(Math.min(text.sources().size(), text.targets().size())),
            translator.model().queue().device(),
            Precision.FP32,
            translator::answer));
  }

  private static void put(ArrayNode array, Vocabulary vocabulary) {
    vocabulary.tokens().forEach(array::add);
  }

  static Translator load(Path file, Device device) throws IOException {
    try (ModelFile stored = ModelFile.open(file)) {
      Content content = stored.describe(TranslatorFile::read);
      requireCount(stored, content.spec);
      EncoderDecoder model = build(content.spec, device, file);
      boolean loaded = false;
      try {
        stored.readWeights(model.parameters(), model.queue());
        loaded = true;
        return new Translator(model, content.text);
      } finally {
        if (!loaded) {
          model.close();
        }
      }
    }
  }

  private static Content read(Description f) throws ModelFormatException {
    String kind = f.text("kind");
    if (!kind.equals(KIND)) {
      throw new IllegalArgumentException("the file holds a '" + kind + "', not a " + KIND);
    }
    f.json("provenance");
    TranslationText text = f.object("text", TranslatorFile::readText);
    EncoderDecoderSpec spec = f.object("model", m -> readSpec(m, text));
    return new Content(spec, text);
  }

  private static TranslationText readText(Description f) throws ModelFormatException {
    return new TranslationText(
        f.text("sourceLanguage"),
        f.text("targetLanguage"),
        TextUnit.of(f.text("sourceUnit")),
        TextUnit.of(f.text("targetUnit")),
        f.flag("lowerCase"),
        f.flag("reverseSource"),
        new Vocabulary(f.texts("sourceVocabulary")),
        new Vocabulary(f.texts("targetVocabulary")));
  }

  private static EncoderDecoderSpec readSpec(Description f, TranslationText text)
      throws ModelFormatException {
    EncoderDecoderSpec spec =
        new EncoderDecoderSpec(
            constant(Cell.class, f.text("cell")),
            text.sources().size(),
            text.targets().size(),
            f.integer("embeddingSize"),
            f.integer("hiddenSize"),
            f.integer("layers"),
            f.flag("bidirectional"),
            attention(f.text("attention")),
            f.number("dropout"));
    spec.encoder(); // checks the sizes
    return spec;
  }

  private static LuongAttention.@Nullable Score attention(String name) {
    return name.equals("none") ? null : constant(LuongAttention.Score.class, name);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "unknown " + type.getSimpleName().toLowerCase(Locale.ROOT) + " '" + name + "'");
  }

  /** A description that asks for more than the file holds must not allocate it. */
  private static void requireCount(ModelFile stored, EncoderDecoderSpec spec) throws IOException {
    long count = 0;
    for (String name : stored.tensors().names()) {
      if (!stored.aliases().containsKey(name)) {
        count += stored.tensors().entry(name).elements();
      }
    }
    if (count != spec.parameterCount()) {
      throw new ModelFormatException(
          stored.tensors().path(),
          "the description asks for %d weights, the file holds %d"
              .formatted(spec.parameterCount(), count));
    }
  }

  /** A stack that the device does not run is the file's fault, not the caller's. */
  private static EncoderDecoder build(EncoderDecoderSpec spec, Device device, Path file)
      throws ModelFormatException {
    try {
      return new EncoderDecoder(spec, device, 0);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
    }
  }
}
