package io.carousel.device;

/**
 * What messages about shapes suggest where the axes that were given are the right ones in another
 * order.
 */
public final class Transposition {
  /** For an axis of any size. */
  public static final long ANY = -1;

  private Transposition() {}

  /**
   * The end of a message that names both shapes.
   *
   * @param expected size of each axis, or {@link #ANY}
   * @param got size of each axis
   * @return {@code : transpose?} where some other order of the axes fits and this one does not,
   *     else nothing
   */
  public static String hint(long[] expected, long... got) {
    boolean[] used = new boolean[got.length];
    boolean inOrder = expected.length == got.length;
    for (int i = 0; inOrder && i < got.length; i++) {
      inOrder = expected[i] == ANY || expected[i] == got[i];
    }
    return !inOrder && expected.length == got.length && fits(expected, got, used, 0)
        ? ": transpose?"
        : "";
  }

  private static boolean fits(long[] expected, long[] got, boolean[] used, int axis) {
    if (axis == expected.length) {
      return true;
    }
    for (int i = 0; i < got.length; i++) {
      if (!used[i] && (expected[axis] == ANY || expected[axis] == got[i])) {
        used[i] = true;
        if (fits(expected, got, used, axis + 1)) {
          return true;
        }
        used[i] = false;
      }
    }
    return false;
  }
}
