package io.carousel.train;

/**
 * The batches of each epoch, by number, so that training can go on anywhere. The same epoch and
 * number give the same batch.
 *
 * @param <B> a batch on the host
 */
public interface BatchSource<B> {
  /** Batches per epoch. */
  int size();

  /**
   * Makes a batch.
   *
   * @param epoch from 1
   * @param index in 0..size-1
   */
  B batch(int epoch, int index);

  /** Number of samples in a batch, for samples per second. */
  int samples(B batch);
}
