package io.carousel.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * The SHA-256 over the names, types, shapes and bytes of tensors: what probes cannot see, such as
 * the vector of a word that they do not hold, this does.
 */
final class WeightsChecksum {
  private WeightsChecksum() {}

  /** Of tensors that are to be written. */
  static String of(SafetensorsWriter tensors) throws IOException {
    MessageDigest digest = Seal.sha256();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      for (Map.Entry<TensorEntry, AtomicFile.Content> tensor : tensors.contents().entrySet()) {
        out.write(heading(tensor.getKey()));
        tensor.getValue().writeTo(out);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of tensors of a file, in its order. */
  static String of(SafetensorsFile file) throws IOException {
    MessageDigest digest = Seal.sha256();
    ByteBuffer piece = ByteBuffer.allocate(1 << 18);
    for (String name : file.names()) {
      TensorEntry entry = file.entry(name);
      digest.update(heading(entry));
      for (long done = 0; done < entry.bytes(); done += piece.limit()) {
        piece.clear().limit((int) Math.min(piece.capacity(), entry.bytes() - done));
        long position = file.dataStart() + entry.begin() + done;
        SafetensorsHeader.readFully(file.path(), file.source(), piece, position);
        digest.update(piece.flip());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] heading(TensorEntry entry) {
    return (entry.name() + " " + entry + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
