package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  private static final int ALL = 1 << 16;

  @Test
  void every16BitValueSurvivesTheRoundTrip() {
    for (int bits = 0; bits < ALL; bits++) {
      float f16 = HalfPrecision.f16((short) bits);
      float bf16 = HalfPrecision.bf16((short) bits);
      if (Float.isNaN(f16)) {
        assertTrue(Float.isNaN(HalfPrecision.f16(HalfPrecision.toF16(f16))));
      } else {
        assertEquals((short) bits, HalfPrecision.toF16(f16));
      }
      if (Float.isNaN(bf16)) {
        assertTrue(Float.isNaN(HalfPrecision.bf16(HalfPrecision.toBf16(bf16))));
      } else {
        assertEquals((short) bits, HalfPrecision.toBf16(bf16));
      }
    }
  }

  /** Between two neighbours the nearer one is taken, in the middle the even one. */
  @Test
  void floatsBetweenTwoValuesGoToTheNearest() {
    for (int low = 0; low < 0x7bff; low++) {
      float a = HalfPrecision.f16((short) low);
      float b = HalfPrecision.f16((short) (low + 1));
      float middle = (a + b) / 2; // exact
      assertEquals(low + (low & 1), HalfPrecision.toF16(middle), "middle above " + a);
      assertEquals(low, HalfPrecision.toF16(Math.nextDown(middle)));
      assertEquals(low + 1, HalfPrecision.toF16(Math.nextUp(middle)));
      assertEquals((short) (0x8000 | (low + (low & 1))), HalfPrecision.toF16(-middle));
    }
    for (int low = 0; low < 0x7f7f; low++) {
      float middle = Float.intBitsToFloat((low << 16) | 0x8000);
      assertEquals(low + (low & 1), HalfPrecision.toBf16(middle), "middle above " + low);
      assertEquals(low, HalfPrecision.toBf16(Math.nextDown(middle)));
      assertEquals(low + 1, HalfPrecision.toBf16(Math.nextUp(middle)));
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    assertEquals(65504f, HalfPrecision.f16(HalfPrecision.toF16(Math.nextDown(65520f))));
    assertEquals(Float.POSITIVE_INFINITY, HalfPrecision.f16(HalfPrecision.toF16(65520f)));
    assertEquals(Float.NEGATIVE_INFINITY, HalfPrecision.f16(HalfPrecision.toF16(-1e30f)));
    assertEquals(
        Float.POSITIVE_INFINITY, HalfPrecision.bf16(HalfPrecision.toBf16(Float.MAX_VALUE)));
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = random.nextFloat() * 2 - 1;
      float half = HalfPrecision.f16(HalfPrecision.toF16(value));
      assertEquals(value, half, Math.max(Math.abs(value) * 0x1p-11, 0x1p-25));
    }
  }
}
