package io.carousel.data.ecg;

import java.util.Optional;

/**
 * How samples are stored in a WFDB signal file (signal(5) of the WFDB Applications Guide).
 *
 * <p>Samples of several signals that share a file alternate; the index of a sample counts all of
 * them.
 */
public enum SampleFormat {
  /** 16-bit two's complement, least significant byte first; −32768 marks an invalid sample. */
  FORMAT_16(16, Short.MIN_VALUE) {
    @Override
    long bytesFor(long samples) {
      return 2 * samples;
    }

    @Override
    long samplesIn(long bytes) {
      return bytes / 2;
    }

    @Override
    int decode(byte[] bytes, int index) {
      return (short) ((bytes[2 * index] & 0xff) | bytes[2 * index + 1] << 8);
    }
  },
  /** 8-bit offset binary, 128 is zero; −128 (byte 0) marks an invalid sample. */
  FORMAT_80(80, Byte.MIN_VALUE) {
    @Override
    long bytesFor(long samples) {
      return samples;
    }

    @Override
    long samplesIn(long bytes) {
      return bytes;
    }

    @Override
    int decode(byte[] bytes, int index) {
      return (bytes[index] & 0xff) - 128;
    }
  },
  /** Pairs of 12-bit two's complement in three bytes; −2048 marks an invalid sample. */
  FORMAT_212(212, -2048) {
    @Override
    long bytesFor(long samples) {
      return samples / 2 * 3 + samples % 2 * 2;
    }

    @Override
    long samplesIn(long bytes) {
      return bytes / 3 * 2 + (bytes % 3 == 2 ? 1 : 0);
    }

    @Override
    long paddingAfter(long samples) {
      return samples % 2; // some writers complete the last pair
    }

    @Override
    int decode(byte[] bytes, int index) {
      int pair = index / 2 * 3;
      int bits =
          index % 2 == 0
              ? (bytes[pair] & 0xff) | (bytes[pair + 1] & 0x0f) << 8
              : (bytes[pair + 2] & 0xff) | (bytes[pair + 1] & 0xf0) << 4;
      return bits << 20 >> 20;
    }
  };

  private final int code;
  private final int invalidSample;

  SampleFormat(int code, int invalidSample) {
    this.code = code;
    this.invalidSample = invalidSample;
  }

  /** The number that names the format in a header. */
  public int code() {
    return code;
  }

  /** The stored value that stands for "no measurement here"; amplitudes give NaN for it. */
  public int invalidSample() {
    return invalidSample;
  }

  /** Bytes that the first {@code samples} samples of a file occupy. */
  abstract long bytesFor(long samples);

  /** Whole samples in {@code bytes} bytes. */
  abstract long samplesIn(long bytes);

  /** Bytes that a file of {@code samples} samples may hold beyond them. */
  long paddingAfter(long samples) {
    return 0;
  }

  /** The sample {@code index} of {@code bytes}, whose first byte begins an even sample. */
  abstract int decode(byte[] bytes, int index);

  /** The format with this number, empty where it is not supported. */
  static Optional<SampleFormat> ofCode(int code) {
    for (SampleFormat format : values()) {
      if (format.code == code) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
