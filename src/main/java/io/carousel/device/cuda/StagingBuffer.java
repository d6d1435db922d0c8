package io.carousel.device.cuda;

import io.carousel.device.Matrix;
import java.nio.ByteBuffer;

/**
 * Two halves of pinned memory through which arrays travel. Uploads are packed into a half one after
 * the other; while the copies from one half travel, the host fills the other, and a half is filled
 * again only when the copies from it have ended. An upload returns once the array was read. A
 * download returns once the array was written; it unpacks one piece while the next one travels.
 */
final class StagingBuffer implements AutoCloseable {
  /** Bytes of each half. */
  static final int HALF = 2 << 20;

  private static final int ALIGNMENT = 64;

  private final CudaRuntime runtime;
  private final CudaStream stream;
  private final ByteBuffer memory;
  private final long address;
  private int half;
  private int filled;

  StagingBuffer(CudaRuntime runtime, CudaStream stream) {
    this.runtime = runtime;
    this.stream = stream;
    memory = runtime.allocatePinned(2 * HALF);
    address = NativeCalls.address(memory);
  }

  /** Enqueues the copy of array elements from {@code offset} on into a matrix. */
  void upload(HostArray from, int offset, Matrix to) {
    Pieces pieces = new Pieces(to);
    while (pieces.left()) {
      int fit = pieces.next(HALF - filled);
      if (fit == 0) {
        turn();
        continue;
      }
      int at = half * HALF + filled;
      from.write(memory, at, offset + pieces.hostIndex(), pieces.elements());
      stream.copy(
          pieces.deviceAddress(),
          pieces.devicePitch(),
          address + at,
          pieces.hostPitch(),
          pieces.rowBytes(),
          pieces.rows());
      filled += (fit + ALIGNMENT - 1) & -ALIGNMENT;
      pieces.advance();
    }
  }

  private void turn() {
    stream.mark(half);
    half ^= 1;
    stream.awaitMark(half);
    filled = 0;
  }

  /** Copies a matrix into array elements from {@code offset} on; blocks. */
  void download(Matrix from, HostArray to, int offset) {
    // earlier uploads leave the halves before these copies fill them: a stream keeps its order
    Pieces ahead = new Pieces(from);
    Pieces behind = new Pieces(from);
    int sent = 0;
    for (int unpacked = 0; behind.left(); unpacked++) {
      while (ahead.left() && sent < unpacked + 2) {
        send(ahead, sent & 1);
        sent++;
      }
      unpack(behind, unpacked & 1, to, offset);
    }
    if (sent > 0) { // all that was enqueued has ended
      half = 0;
      filled = 0;
    }
  }

  private void send(Pieces piece, int into) {
    piece.next(HALF);
    stream.copy(
        address + (long) into * HALF,
        piece.hostPitch(),
        piece.deviceAddress(),
        piece.devicePitch(),
        piece.rowBytes(),
        piece.rows());
    stream.mark(into);
    piece.advance();
  }

  private void unpack(Pieces piece, int from, HostArray to, int offset) {
    piece.next(HALF);
    stream.awaitMark(from);
    to.read(memory, from * HALF, offset + piece.hostIndex(), piece.elements());
    piece.advance();
  }

  @Override
  public void close() {
    runtime.freePinned(memory);
  }
}
