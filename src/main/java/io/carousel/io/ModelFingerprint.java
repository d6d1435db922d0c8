package io.carousel.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.nn.Parameter;
import io.carousel.rnn.SequenceModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Names a model by what it computes: SHA-256 of its specification and its weights. The same on
 * every device and in every precision: neither how products are computed nor digits beyond float
 * count.
 */
public final class ModelFingerprint {
  private ModelFingerprint() {}

  /** 64 hexadecimal digits. Blocks while the weights are downloaded. */
  public static String of(SequenceModel model) {
    MessageDigest digest = Seal.sha256();
    ObjectNode spec = SequenceModelFile.describe(model.spec());
    spec.withObject("recurrent").remove("precision");
    update(digest, StrictJson.write(spec));
    for (Parameter parameter : model.parameters()) {
      float[] values = parameter.downloadFloats(model.queue());
      update(digest, parameter.toString());
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
      bytes.asFloatBuffer().put(values);
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
