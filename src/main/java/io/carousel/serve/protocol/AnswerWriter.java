package io.carousel.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writes what a model says. */
public final class AnswerWriter {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private AnswerWriter() {}

  /**
   * An answer; its numbers are the shortest that give the same floats back.
   *
   * @param model the model's name
   * @param version the model's version
   * @param id of the request, null without one
   * @throws ProtocolException when a number is not finite, which JSON cannot say
   */
  public static byte[] write(String model, String version, @Nullable String id, Tensor output) {
    long usual = 256 + 12L * output.floats().length;
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream((int) Math.min(usual, Integer.MAX_VALUE - 8));
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("model_name", model);
      json.writeStringField("model_version", version);
      if (id != null) {
        json.writeStringField("id", id);
      }
      json.writeArrayFieldStart("outputs");
      json.writeStartObject();
      json.writeStringField("name", output.spec().name());
      json.writeStringField("datatype", Datatype.FP32.name());
      json.writeArrayFieldStart("shape");
      for (int size : output.shape()) {
        json.writeNumber(size);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("data");
      writeNumbers(json, output);
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  private static void writeNumbers(JsonGenerator json, Tensor output) throws IOException {
    float[] floats = output.floats();
    for (int i = 0; i < floats.length; i++) {
      if (!Float.isFinite(floats[i])) {
        throw new ProtocolException(
            "%s at %s is %s: the inputs are beyond what the model can compute with"
                .formatted(output.spec(), output.spec().position(output.shape(), i), floats[i]));
      }
      json.writeNumber(floats[i]);
    }
  }
}
