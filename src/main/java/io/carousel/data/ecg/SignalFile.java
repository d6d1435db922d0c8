package io.carousel.data.ecg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One signal file: frames of {@code channels} samples, one sample of each signal that shares it.
 */
final class SignalFile {
  private final Path file;
  private final SampleFormat format;
  private final long byteOffset;
  private final int channels;

  SignalFile(Path file, SampleFormat format, long byteOffset, int channels) {
    this.file = file;
    this.format = format;
    this.byteOffset = byteOffset;
    this.channels = channels;
  }

  Path file() {
    return file;
  }

  int channels() {
    return channels;
  }

  /**
   * Checks the length of the file against {@code promised} frames, 0 where the header does not say.
   *
   * @return the number of frames
   */
  long checkFrames(long promised) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new WfdbException(file, "no such file, but the header names it");
    }
    long bytes = Files.size(file) - byteOffset;
    if (bytes < 0) {
      throw new WfdbException(file, "shorter than its byte offset of " + byteOffset);
    }
    long held = format.samplesIn(bytes) / channels;
    if (held < promised) {
      throw new WfdbException(
          file,
          "truncated: holds " + held + " samples per signal, the header promises " + promised);
    }
    long frames = promised == 0 ? held : promised;
    long rest = bytes - format.bytesFor(frames * channels);
    if (rest > format.paddingAfter(frames * channels)) {
      throw new WfdbException(
          file, rest + " bytes more than " + frames + " samples of " + channels + " signals take");
    }
    return frames;
  }

  /** The interleaved samples {@code [(to - from) * channels]} of the frames {@code [from, to)}. */
  int[] readFrames(long from, long to) throws IOException {
    long firstSample = from * channels;
    long firstPair = firstSample - firstSample % 2; // a format 212 pair is read whole
    long begin = byteOffset + format.bytesFor(firstPair);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(byteOffset + format.bytesFor(to * channels) - begin));
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(begin);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new WfdbException(file, "truncated while it was read, at byte " + channel.size());
        }
      }
    }
    int skip = (int) (firstSample - firstPair);
    int[] samples = new int[Math.toIntExact((to - from) * channels)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = format.decode(bytes.array(), skip + i);
    }
    return samples;
  }
}
