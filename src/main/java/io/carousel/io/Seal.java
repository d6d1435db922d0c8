package io.carousel.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A checksum at the end of a safetensors file that keeps the file valid: the last tensor, {@code
 * sha256} of type U8 [32], is the SHA-256 of every byte before it, header included.
 */
final class Seal {
  static final String NAME = "sha256";
  private static final int BYTES = 32;

  private Seal() {}

  /** Writes the tensors and, last, the checksum; one pass over the data. */
  static void write(SafetensorsWriter tensors, OutputStream out) throws IOException {
    DigestOutputStream hashed = new DigestOutputStream(out, sha256());
    tensors
        .copy()
        .add(
            NAME,
            Dtype.U8,
            BYTES,
            new long[] {BYTES},
            ignored -> out.write(hashed.getMessageDigest().digest()))
        .writeTo(hashed);
  }

  /** Reads the whole file and compares; any changed byte is found. */
  static void verify(SafetensorsFile file) throws IOException {
    TensorEntry seal = file.entry(NAME);
    ByteSource source = file.source();
    long end = file.dataStart() + seal.begin();
    if (seal.dtype() != Dtype.U8 || !seal.hasShape(BYTES) || end + BYTES != source.size()) {
      throw new ModelFormatException(file.path(), "the checksum is not the last 32 bytes");
    }
    MessageDigest digest = sha256();
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(1 << 18, end));
    for (long done = 0; done < end; done += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), end - done));
      SafetensorsHeader.readFully(file.path(), source, piece, done);
      digest.update(piece.flip());
    }
    ByteBuffer stored = ByteBuffer.allocate(BYTES);
    SafetensorsHeader.readFully(file.path(), source, stored, end);
    byte[] computed = digest.digest();
    if (!stored.flip().equals(ByteBuffer.wrap(computed))) {
      throw new ModelFormatException(
          file.path(),
          "the file is corrupt: its SHA-256 is not the stored one, but "
              + HexFormat.of().formatHex(computed));
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
